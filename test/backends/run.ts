import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../lifecycle/support/free-port";
import { openScene, PLANTED, SECRET_OF, token } from "../lifecycle/support/scene";
import { Tools, Unavailable } from "../recipes/install";
import { RESOURCES, type ResourceKind } from "../support/resource-kinds";

const MOTO = "moto[server]==5.2.5";
const AZURITE = "azurite@3.37.0";
const BUCKET = "states";

/** The account of every Azurite, as its documentation publishes it. */
const AZURE = {
  account: "devstoreaccount1",
  key: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
};

/** A service that keeps states, and one that keeps keys. */
interface Backend {
  env: Record<string, string>;
  /** The key service that a stack changes to. */
  keyService: string;
  /** The text of everything that the service keeps. */
  stored: () => Promise<string>;
}

/** What has to be closed at the end. */
type Closers = (() => unknown)[];

const BACKENDS: Record<string, (tools: Tools, closers: Closers) => Promise<Backend>> = {
  "S3 and awskms, played by moto": s3,
  "Azure Blob, played by azurite, and hashivault, played by a stand-in of transit": azure,
  "PostgreSQL, with hashivault": postgres,
};

async function s3(tools: Tools): Promise<Backend> {
  await tools.pip(MOTO);
  const url = await started(tools, "moto_server", ["-H", "127.0.0.1", "-p", "0"], /on (http:\/\/[\d.:]+)/);
  const bucket = `${url}/${BUCKET}`;
  await sent(bucket, { method: "PUT", headers: { authorization: signatureFor("s3") } });
  const created = await sent(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "TrentService.CreateKey",
      authorization: signatureFor("kms"),
    },
    body: "{}",
  });
  const { KeyMetadata } = JSON.parse(created) as { KeyMetadata: { KeyId: string } };
  return {
    env: {
      PULUMI_BACKEND_URL: `s3://${BUCKET}?region=us-east-1&endpoint=${url.replace("http://", "")}&disableSSL=true&s3ForcePathStyle=true`,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_REGION: "us-east-1",
    },
    keyService: `awskms:///${KeyMetadata.KeyId}?region=us-east-1&awssdk=v2`,
    stored: async () => {
      const headers = { authorization: signatureFor("s3") };
      const listing = await sent(`${bucket}?list-type=2`, { headers });
      assert.match(listing, /<IsTruncated>false/i);
      const keys = [...listing.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => key);
      return (await Promise.all(keys.map((key) => sent(`${bucket}/${key}`, { headers })))).join("\n");
    },
  };
}

async function azure(tools: Tools, closers: Closers): Promise<Backend> {
  await tools.npm(AZURITE);
  const folder = join(tools.root, "azurite");
  const args = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--location", folder, "--skipApiVersionCheck"];
  const url = await started(tools, "azurite-blob", args, /listens on (http:\/\/[\d.:]+)/);
  const date = new Date().toUTCString();
  const headers = { "x-ms-date": date, "x-ms-version": "2021-08-06" };
  const signed = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const resource = `/${AZURE.account}/${AZURE.account}/${BUCKET}\nrestype:container`;
  const text = ["PUT", ...Array<string>(11).fill(""), ...signed, resource].join("\n");
  const signature = createHmac("sha256", Buffer.from(AZURE.key, "base64")).update(text).digest("base64");
  await sent(`${url}/${AZURE.account}/${BUCKET}?restype=container`, {
    method: "PUT",
    headers: { ...headers, authorization: `SharedKey ${AZURE.account}:${signature}` },
  });
  return {
    env: {
      PULUMI_BACKEND_URL: `azblob://${BUCKET}`,
      AZURE_STORAGE_ACCOUNT: AZURE.account,
      AZURE_STORAGE_KEY: AZURE.key,
      AZURE_STORAGE_DOMAIN: url.replace("http://", ""),
      AZURE_STORAGE_PROTOCOL: "http",
      AZURE_STORAGE_IS_LOCAL_EMULATOR: "true",
      ...(await transit(closers)),
    },
    keyService: "hashivault://states",
    stored: () => textsBelow(folder),
  };
}

/** A server of its own, from the PATH or where Debian has it. It refuses to run as root. */
async function postgres(tools: Tools, closers: Closers): Promise<Backend> {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const bins = versions.map((version) => join(debian, version, "bin"));
  tools.env["PATH"] = [tools.env["PATH"], ...bins].join(delimiter);
  for (const program of ["initdb", "postgres", "pg_dump"]) await tools.needs(program);
  const user = process.getuid?.() === 0 ? await nobody(tools) : undefined;
  const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-postgres-"));
  const removed = () => rmSync(folder, { recursive: true, force: true });
  closers.push(removed);
  const [data, passwordFile, password] = [join(folder, "data"), join(folder, "password"), randomUUID()];
  writeFileSync(passwordFile, password);
  if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const options = { cwd: folder, env: tools.env, ...user } as const;
  const initdb = ["-D", data, "-U", "states", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const made = spawn("initdb", initdb, { ...options, stdio: "ignore" });
  assert.equal(await new Promise((resolve) => made.once("close", resolve)), 0, "`initdb` failed");
  const port = String(await freePort());
  const server = spawn("postgres", ["-D", data, "-h", "127.0.0.1", "-p", port, "-k", folder], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => server.once("close", resolve));
  // Before the folder is removed. With SIGKILL its children would outlive it for a while.
  closers.unshift(() => {
    server.kill("SIGINT");
    return ended;
  });
  await printed(server, "postgres", /(ready to accept connections)/);
  const url = `postgres://states:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;
  return {
    env: { PULUMI_BACKEND_URL: url, ...(await transit(closers)) },
    keyService: "hashivault://states",
    stored: async () => {
      const rows = await tools.run("pg_dump", ["--data-only", "--inserts", url]);
      // Seen in CLI 3.274: each object is base64 in a column of JSON, where no text can be found as it is.
      return rows.replace(/(?<="data": ?")[A-Za-z0-9+/=]+/g, (data) =>
        Buffer.from(data, "base64").toString(),
      );
    },
  };
}

/** A user who is not root, for a server that root starts. */
async function nobody(tools: Tools): Promise<{ uid: number; gid: number }> {
  const idOf = async (option: string) => Number((await tools.run("id", [option, "nobody"])).trim());
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

/** Vault's engine `transit`, which keeps what it encrypts in memory. Returns the variables for it. */
async function transit(closers: Closers): Promise<Record<string, string>> {
  const kept = new Map<string, string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { plaintext, ciphertext = `vault:v1:${randomUUID()}` } = JSON.parse(
        Buffer.concat(chunks).toString() || "{}",
      ) as { plaintext?: string; ciphertext?: string };
      if (plaintext !== undefined) kept.set(ciphertext, plaintext);
      const data = plaintext === undefined ? { plaintext: kept.get(ciphertext) } : { ciphertext };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { VAULT_ADDR: url, VAULT_TOKEN: "of-the-stand-in" };
}

/** @throws if a backend keeps a value, or nothing */
async function searchIn({ stored }: Backend, after: string): Promise<void> {
  const text = await stored();
  assert.ok(text.includes("keycard:Secret") || text.includes("keycard-secrets"), "nothing was stored");
  assert.ok(!text.includes(PLANTED), `after ${after}, an object shows a planted value`);
}

/** Proves that the search finds what leaks: an output and an argument without the mark of secrets. It comes last. */
async function playLeaks(resource: ResourceKind, backend: Backend): Promise<void> {
  const scene = await openScene({ resource, env: backend.env });
  const { stack } = scene;
  const [argument, output] = [`${PLANTED}argument`, `${PLANTED}output`];
  try {
    stack.program = () => {
      new SECRET_OF[resource]("a", { entityId: "ent_1", description: argument, data: token("one") });
      return Promise.resolve({ output });
    };
    await stack.up();
    await assert.rejects(searchIn(backend, "a leak"), /shows a planted value/);
    const text = await backend.stored();
    for (const leak of [argument, output]) assert.ok(text.includes(leak), `${leak} was not found`);
    await stack.destroy();
    const removed = await stack.cli(["stack", "rm", "--yes", "--remove-backups"]);
    assert.ok(!removed.failed, removed.stderr);
  } finally {
    // It searches what the CLI has printed.
    await assert.rejects(scene.close(), /the output of the CLI shows/);
  }
}

/** What a stack goes through on each backend. After each step, every object of the backend is searched. */
async function play(resource: ResourceKind, backend: Backend): Promise<void> {
  const { env, keyService } = backend;
  const scene = await openScene({ resource, env });
  const { keycard, stack } = scene;
  const search = (after: string) => searchIn(backend, after);
  const declared = (description: string, value: string, names = ["a", "b"]) =>
    scene.declare(
      Object.fromEntries(names.map((name) => [name, { entityId: "ent_1", description, data: token(value) }])),
    );
  const ids = () => keycard.secrets().map(({ id }) => id);
  try {
    declared("first", "one");
    await stack.up();
    await search("a create");
    declared("second", "two");
    assert.deepEqual((await stack.up()).changes, { same: 1, update: 2 });
    await search("an update");
    keycard.edit(ids()[0] ?? "", { description: "Theirs" });
    await stack.refresh();
    assert.deepEqual((await stack.up()).changes, { same: 2, update: 1 });
    await search("a drift");
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    declared("second", "two", ["a", "b", "c"]);
    await stack.up();
    assert.equal(ids().length, 3, "a lost answer leaves one secret");
    await search("a lost answer");
    const changed = await stack.cli(["stack", "change-secrets-provider", keyService]);
    assert.ok(!changed.failed, changed.stderr);
    assert.deepEqual((await stack.up()).changes, { same: 4 });
    await search("another key service");
    const { stdout } = await stack.cli(["stack", "export"]);
    assert.ok(stdout.includes("ciphertext") && !stdout.includes(PLANTED), "the export");
    await stack.destroy();
    assert.deepEqual(ids(), []);
    await search("a destroy");
    const removed = await stack.cli(["stack", "rm", "--yes", "--remove-backups"]);
    assert.ok(!removed.failed, removed.stderr);
  } finally {
    await scene.close();
  }
}

/**
 * Runs stacks on backends and key services of other kinds than the file backend and a passphrase, through the dynamic resource and the plugin. It
 * installs their stand-ins from the package registries. Those that cannot be had are NOT RUN.
 */
async function main(): Promise<void> {
  const counts = { passed: 0, failed: 0, notRun: 0 };
  const wanted = process.argv[2] ?? "";
  for (const [name, open] of Object.entries(BACKENDS).filter(([each]) => each.includes(wanted))) {
    const tools = new Tools(mkdtempSync(join(tmpdir(), "pulumi-keycard-backends-")), { ...process.env });
    const closers: Closers = [];
    try {
      const backend = await open(tools, closers);
      for (const [what, run] of [
        ["", play],
        ["a leak is found, ", playLeaks],
      ] as const) {
        for (const resource of RESOURCES) {
          const begun = performance.now();
          await run(resource, backend);
          counts.passed += 1;
          const seconds = ((performance.now() - begun) / 1000).toFixed(0);
          console.log(`ok       ${name}, ${what}${resource}, ${seconds} s`);
        }
      }
    } catch (error) {
      const isMissing = error instanceof Unavailable;
      counts[isMissing ? "notRun" : "failed"] += 1;
      console.log(`${isMissing ? "NOT RUN " : "FAILED  "} ${name}: ${(error as Error).message}`);
    } finally {
      tools.close();
      for (const close of closers) await close();
      rmSync(tools.root, { recursive: true, force: true });
    }
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

/** Starts a server, and returns the address that it prints. */
function started(tools: Tools, program: string, args: string[], address: RegExp): Promise<string> {
  return printed(tools.start(program, args), program, address);
}

/** Waits until a server prints something, and returns what was looked for. */
function printed(server: ChildProcess, program: string, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const look = (chunk: Buffer) => {
      text += chunk.toString();
      const [, found] = wanted.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    };
    server.stdout?.on("data", look);
    server.stderr?.on("data", look);
    const fail = () => reject(new Unavailable(`\`${program}\` did not start`));
    server.once("error", fail);
    server.once("exit", fail);
  });
}

/** As AWS's clients name the service in a request. Moto checks nothing else. */
function signatureFor(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

async function sent(url: string, options: RequestInit = {}): Promise<string> {
  const answer = await fetch(url, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${options.method ?? "GET"} ${url} answered ${answer.status}: ${text}`);
  return text;
}

async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
  return texts.join("\n");
}

void main();
