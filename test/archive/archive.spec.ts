import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { extract, list } from "tar";
import { startKeycard, type Keycard } from "../emulator";
import { goProgram, pythonWithSdk } from "../lifecycle/support/sdk-programs";
import { openMachine, serveFiles, type FileServer, type Machine } from "./machine";

const run = promisify(execFile);
const RELEASE = process.env["RELEASE"] ?? "release";
const ROOT = resolve(__dirname, "../..");
const PLANTED = { githubToken: "planted-token", DB_PASSWORD: "planted-password" };
/** The lines that say where the plugin is. */
const PLUGIN = /^(packages|plugins):\n(?: .*\n)+/gm;
const EXECUTABLE = "pulumi-resource-keycard-secrets";

interface Schema {
  version: string;
  pluginDownloadURL: string;
}

async function readVersion(): Promise<string> {
  const text = await readFile(join(ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

const has = (program: string) =>
  run(program, ["--help"]).then(
    () => true,
    (error: { code?: unknown }) => error.code !== "ENOENT",
  );

function notRun(test: Mocha.Context, why: string): void {
  console.log(`NOT RUN: ${why}`);
  test.skip();
}

/** The program of the example in YAML, without a word about where the plugin is. */
async function yamlProgram(options = ""): Promise<string> {
  const example = await readFile(join(ROOT, "examples/yaml/Pulumi.yaml"), "utf8");
  const program = example.replace(PLUGIN, "");
  assert.doesNotMatch(program, /node_modules/);
  return program.replace(/^( {4}type: keycard-secrets:Secret\n)/gm, `$1${options}`);
}

describe("the archive of this platform", () => {
  let version: string;
  let archive: string;
  let folder: string;

  before(async () => {
    version = await readVersion();
    archive = join(RELEASE, `${EXECUTABLE}-v${version}-linux-amd64.tar.gz`);
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-archive-"));
    await extract({ file: archive, cwd: folder });
  });
  after(() => rm(folder, { recursive: true }));

  it("the archive has the executable at its top, and no project of a plugin", async () => {
    const entries: { path: string; mode: number | undefined }[] = [];
    await list({ file: archive, onReadEntry: ({ path, mode }) => entries.push({ path, mode }) });
    assert.deepEqual(
      entries.map(({ path }) => path),
      [EXECUTABLE, "LICENSE", "NOTICES"],
    );
    assert.equal((entries[0]?.mode ?? 0) & 0o111, 0o111);
  });

  it("the notices name the licence of Node.js and of every bundled package", async () => {
    const notices = await readFile(join(folder, "NOTICES"), "utf8");
    const built = await readFile(join(ROOT, "plugin/server.js"), "utf8");
    const network = await readFile(join(ROOT, "plugin/network.js"), "utf8");
    const names = [...`${built}${network}`.matchAll(/This file holds parts of (\S+ [\d.]+):/g)];
    assert.ok(names.length > 5);
    for (const [, name = ""] of names) assert.ok(notices.includes(`holds parts of ${name}:`), name);
    assert.match(notices, /contains Node\.js 24\.[\d.]+:/);
    assert.match(notices, /Node\.js is licensed for use as follows/);
  });

  it("the checksum and the schema are those of the archive", async () => {
    const sums = await readFile(join(RELEASE, `keycard-secrets-v${version}-checksums.txt`), "utf8");
    const sum = createHash("sha256")
      .update(await readFile(archive))
      .digest("hex");
    assert.equal(sums, `${sum}  ${EXECUTABLE}-v${version}-linux-amd64.tar.gz\n`);
    const schema = JSON.parse(await readFile(join(RELEASE, "schema.json"), "utf8")) as Schema;
    assert.equal(schema.version, version);
  });

  it("two builds are the same to the byte", async () => {
    const again = await mkdtemp(join(tmpdir(), "pulumi-keycard-release-"));
    try {
      const build = ["build/release.ts", "--platform", "linux-amd64", "--out", again];
      await run(process.execPath, ["node_modules/tsx/dist/cli.mjs", ...build], { cwd: ROOT });
      const [one, other] = await Promise.all(
        [archive, join(again, basename(archive))].map((file) => readFile(file)),
      );
      assert.ok(other && one?.equals(other));
    } finally {
      await rm(again, { recursive: true });
    }
  });

  it("the executable runs without libraries that minimal images lack", async () => {
    const { stdout } = await run("ldd", [join(folder, EXECUTABLE)]);
    assert.doesNotMatch(stdout, /libatomic|not found/);
  });

  it("the user's options for Node.js do not reach the executable", async () => {
    const plugin = run(join(folder, EXECUTABLE), { env: { NODE_OPTIONS: "--require /nowhere/planted.js" } });
    plugin.child.stdin?.end();
    assert.match((await plugin).stdout, /^\d+\n$/);
  });
});

describe("a machine without Node.js", () => {
  let version: string;
  let keycard: Keycard;
  let server: FileServer;
  let machine: Machine;
  let folder: string;

  before(async () => {
    version = await readVersion();
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-archive-"));
    keycard = await startKeycard({ ids: "sequential" });
    server = await serveFiles(RELEASE);
  });
  after(async () => {
    await server.close();
    await keycard.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    server.requests.length = 0;
    machine = await openMachine(environment());
    await assert.rejects(run("node", ["--version"], { env: { PATH: machine.path } }), { code: "ENOENT" });
  });
  afterEach(() => machine.close());

  const environment = () => ({
    KEYCARD_ENDPOINT: keycard.url,
    KEYCARD_CLIENT_ID: keycard.clientId,
    KEYCARD_CLIENT_SECRET: keycard.clientSecret,
    KEYCARD_ZONE_ID: "zone_1",
    DB_PASSWORD: PLANTED.DB_PASSWORD,
    // Must not reach the plugin.
    NODE_OPTIONS: "--require /nowhere/planted.js",
  });
  const asked = () => `/${EXECUTABLE}-v${version}-linux-amd64.tar.gz`;

  async function useStack(program: string): Promise<void> {
    await writeFile(join(machine.project, "Pulumi.yaml"), program);
    await machine.pulumi("stack", "init", "dev");
    await machine.pulumi("config", "set", "--secret", "githubToken", PLANTED.githubToken);
  }

  /** Runs every command that a program goes through. */
  async function live(): Promise<void> {
    let printed = await machine.pulumi("preview", "--non-interactive");
    assert.match(printed, /3 to create/);
    assert.deepEqual(keycard.secrets(), []);
    printed += await machine.pulumi("up", "--yes", "--non-interactive");
    const held = keycard.secrets().map(({ name, data }) => [name, data] as const);
    assert.deepEqual(Object.fromEntries(held), {
      github: { type: "token", token: PLANTED.githubToken },
      database: { type: "password", username: "app", password: PLANTED.DB_PASSWORD },
    });
    printed += await machine.pulumi("refresh", "--yes", "--non-interactive", "--expect-no-changes");
    printed += await machine.pulumi("up", "--yes", "--non-interactive", "--expect-no-changes");
    const state = await machine.state();
    for (const value of Object.values(PLANTED)) {
      assert.ok(!state.includes(value), "the state shows a value");
      assert.ok(!printed.includes(value), "the output shows a value");
    }
    await machine.pulumi("destroy", "--yes", "--non-interactive");
    assert.deepEqual(keycard.secrets(), []);
  }

  it("a YAML program runs with the archive from a server", async () => {
    await useStack(await yamlProgram());
    await machine.pulumi("plugin", "install", "resource", "keycard-secrets", version, "--server", server.url);
    assert.deepEqual(server.requests, [asked()]);
    await machine.pulumi("install");
    await live();
    assert.deepEqual(server.requests, [asked()]);
  });

  it("a YAML program runs with the archive from a file", async () => {
    await useStack(await yamlProgram());
    const file = join(RELEASE, `${EXECUTABLE}-v${version}-linux-amd64.tar.gz`);
    await machine.pulumi("plugin", "install", "resource", "keycard-secrets", version, "--file", file);
    await machine.pulumi("install");
    await live();
    assert.deepEqual(server.requests, []);
  });

  /** A machine with a program in another language, its SDK and the archive from a file. */
  async function useLanguage(
    project: string,
    path: string[],
    more: Record<string, string> = {},
  ): Promise<void> {
    await machine.close();
    machine = await openMachine({ ...environment(), ...more }, path);
    await assert.rejects(run("node", ["--version"], { env: { PATH: machine.path } }), { code: "ENOENT" });
    await cp(project, machine.project, { recursive: true });
    await useStack((await readFile(join(project, "Pulumi.yaml"), "utf8")).replace(PLUGIN, ""));
    const file = join(RELEASE, `${EXECUTABLE}-v${version}-linux-amd64.tar.gz`);
    await machine.pulumi("plugin", "install", "resource", "keycard-secrets", version, "--file", file);
  }

  it("a Python program runs with the archive", async function () {
    if (!(await has("python3"))) return notRun(this, "python3 is missing");
    await useLanguage(join(ROOT, "examples/python"), [await pythonWithSdk(folder)]);
    await machine.pulumi("install");
    await live();
  });

  it("a compiled Go program runs with the archive", async function () {
    if (!(await has("go"))) return notRun(this, "Go is missing");
    const { program, binary } = await goProgram(folder);
    // The host asks Go for the modules of a compiled program, too.
    const { stdout } = await run("go", ["env", "-json", "GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE"]);
    const { GOROOT = "", ...places } = JSON.parse(stdout) as Record<string, string>;
    await useLanguage(program, [join(GOROOT, "bin")], { ...places, GOWORK: "off", GOFLAGS: "-mod=mod" });
    const project = await readFile(join(machine.project, "Pulumi.yaml"), "utf8");
    const runtime = `runtime:\n  name: go\n  options:\n    binary: ${binary}\n`;
    await writeFile(join(machine.project, "Pulumi.yaml"), project.replace(/^runtime: go\n/m, runtime));
    await live();
  });

  it("a YAML resource with a version and a URL installs the plugin by itself, on each machine", async () => {
    const options = `    options:\n      version: ${version}\n      pluginDownloadURL: ${server.url}\n`;
    await useStack(await yamlProgram(options));
    await machine.pulumi("up", "--yes", "--non-interactive");
    assert.deepEqual(server.requests, [asked()]);
    // The state has both, so a later command on another machine finds the plugin.
    await machine.forgetPlugins();
    await machine.pulumi("destroy", "--yes", "--non-interactive");
    assert.deepEqual(server.requests, [asked(), asked()]);
    assert.deepEqual(keycard.secrets(), []);
  });

  it("`pulumi package add` records where a YAML project finds the plugin", async () => {
    await useStack(await yamlProgram());
    await machine.pulumi("package", "add", `keycard-secrets@${version}`, "--server", server.url);
    const [recorded = ""] = await readdir(join(machine.project, "sdks/keycard-secrets"));
    assert.ok(
      (await readFile(join(machine.project, "sdks/keycard-secrets", recorded), "utf8")).includes(server.url),
    );
    await machine.forgetPlugins();
    await machine.pulumi("install");
    assert.deepEqual(server.requests, [asked(), asked()]);
    await live();
  });

  it("the commands about packages print the schema", async () => {
    await useStack(await yamlProgram());
    await machine.pulumi("plugin", "install", "resource", "keycard-secrets", version, "--server", server.url);
    const printed = await machine.pulumi("package", "get-schema", "keycard-secrets");
    const schema = JSON.parse(await readFile(join(RELEASE, "schema.json"), "utf8")) as Schema;
    assert.equal((JSON.parse(printed) as Schema).pluginDownloadURL, schema.pluginDownloadURL);
    assert.match(await machine.pulumi("package", "info", "keycard-secrets"), /keycard-secrets:index:Secret/);
  });
});
