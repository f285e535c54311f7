import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOORS, openScene, PLANTED, token, type Door } from "../lifecycle/support/scene";
import { Tools, Unavailable } from "../recipes/install";

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

const BACKENDS: Record<string, (tools: Tools, servers: Server[]) => Promise<Backend>> = {
  "S3 and awskms, played by moto": s3,
  "Azure Blob, played by azurite, and hashivault, played by a stand-in of transit": azure,
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

async function azure(tools: Tools, servers: Server[]): Promise<Backend> {
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
  const vault = await transit();
  servers.push(vault.server);
  return {
    env: {
      PULUMI_BACKEND_URL: `azblob://${BUCKET}`,
      AZURE_STORAGE_ACCOUNT: AZURE.account,
      AZURE_STORAGE_KEY: AZURE.key,
      AZURE_STORAGE_DOMAIN: url.replace("http://", ""),
      AZURE_STORAGE_PROTOCOL: "http",
      AZURE_STORAGE_IS_LOCAL_EMULATOR: "true",
      VAULT_ADDR: vault.url,
      VAULT_TOKEN: "of-the-stand-in",
    },
    keyService: "hashivault://states",
    stored: () => textsBelow(folder),
  };
}

/** Vault's engine `transit`, which keeps what it encrypts in memory. */
async function transit(): Promise<{ url: string; server: Server }> {
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** What a stack goes through on each backend. After each step, every object of the backend is searched. */
async function play(door: Door, { env, keyService, stored }: Backend): Promise<void> {
  const scene = await openScene({ door, env });
  const { keycard, stack } = scene;
  const search = async (after: string) => {
    const text = await stored();
    assert.ok(text.includes("keycard:Secret") || text.includes("keycard-secrets"), "nothing was stored");
    assert.ok(!text.includes(PLANTED), `after ${after}, an object shows a planted value`);
  };
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
 * Runs stacks on backends and key services of other kinds than the file backend and a passphrase, through both doors. It
 * installs their stand-ins from the package registries. Those that cannot be had are NOT RUN.
 */
async function main(): Promise<void> {
  const counts = { passed: 0, failed: 0, notRun: 0 };
  for (const [name, open] of Object.entries(BACKENDS)) {
    const tools = new Tools(mkdtempSync(join(tmpdir(), "pulumi-keycard-backends-")), { ...process.env });
    const servers: Server[] = [];
    try {
      const backend = await open(tools, servers);
      for (const door of DOORS) {
        const begun = performance.now();
        await play(door, backend);
        counts.passed += 1;
        console.log(`ok       ${name}, ${door}, ${((performance.now() - begun) / 1000).toFixed(0)} s`);
      }
    } catch (error) {
      const isMissing = error instanceof Unavailable;
      counts[isMissing ? "notRun" : "failed"] += 1;
      console.log(`${isMissing ? "NOT RUN " : "FAILED  "} ${name}: ${(error as Error).message}`);
    } finally {
      tools.close();
      for (const server of servers) server.close();
      rmSync(tools.root, { recursive: true, force: true });
    }
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

/** Starts a server, and returns the address that it prints. */
function started(tools: Tools, program: string, args: string[], address: RegExp): Promise<string> {
  const server = tools.start(program, args);
  return new Promise((resolve, reject) => {
    let printed = "";
    const look = (chunk: Buffer) => {
      printed += chunk.toString();
      const [, found] = address.exec(printed) ?? [];
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
