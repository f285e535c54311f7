import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { findEngine } from "../engine/find-engine";
import { codeBlocks } from "../support/code-blocks";
import { SAMPLE_ZONE } from "../support/sample-ids";
import { engineEnvironment } from "./support/environment";
import { freePort } from "./support/free-port";

const ROOT = resolve(__dirname, "../..");
const README = join(ROOT, "examples/README.md");
const FOLDERS = codeBlocks(README).filter(({ text }) => text.startsWith("cd examples/"));
const [START = "", SETTINGS = ""] = codeBlocks(README).map(({ text }) => text);

describe("whoever follows examples/README.md", () => {
  let clone: string;
  let emulator: ChildProcess;
  let printed = "";
  let port: number;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    clone = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-newcomer-"));
    for (const path of ["package.json", "examples", "dist"]) {
      await cp(join(ROOT, path), join(clone, path), {
        recursive: true,
        filter: (source) => !/node_modules|Pulumi\.\w+\.yaml$/.test(source.slice(ROOT.length)),
      });
    }
    await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
    const home = join(clone, "home");
    await mkdir(home);
    const { pulumi } = await findEngine(() => undefined);
    const PATH = [dirname(process.execPath), dirname(pulumi), process.env["PATH"]].join(delimiter);
    env = {
      ...engineEnvironment({ home, state: clone }),
      // A unit test already compiles the programs, which takes most of the time.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PATH,
      HOME: process.env["HOME"],
      TMPDIR: clone,
    };
    port = await freePort();
    emulator = spawn("npm", words(`npm run emulator -- --port ${port}`), { cwd: ROOT, detached: true });
    await new Promise<void>((started, failed) => {
      emulator.once("close", () => failed(new Error(`The emulator ended: ${printed}`)));
      for (const stream of [emulator.stdout, emulator.stderr]) {
        stream?.on("data", (text: Buffer) => {
          printed += text.toString();
          if (printed.includes("KEYCARD_CLIENT_SECRET=")) started();
        });
      }
    });
  });
  after(async () => {
    // npm forwards no signal, so the whole process group is killed.
    if (emulator.pid !== undefined) process.kill(-emulator.pid, "SIGTERM");
    await new Promise((closed) => emulator.once("close", closed));
    await rm(clone, { recursive: true });
  });

  it("the table and the commands name every folder", async () => {
    const entries = await readdir(join(ROOT, "examples"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const rows = [
      ...(await readFile(README, "utf8")).matchAll(/^\| \[`([\w-]+)`\]\(\1\/README\.md\) \| \S/gm),
    ];
    assert.deepEqual(rows.map(([, name]) => name).sort(), folders.sort());
    // The examples in other languages have their own spec, with the hosts that they need.
    // A policy pack is no project.
    const inNodejs = folders.filter((folder) =>
      ["package.json", "Pulumi.yaml"].every((file) => existsSync(join(ROOT, "examples", folder, file))),
    );
    assert.deepEqual(FOLDERS.map(({ heading }) => heading).sort(), inNodejs.sort());
  });

  it("the first command starts the emulator, which prints the settings to export", () => {
    assert.equal(START, "npm ci && npm run build\nnpm run emulator -- --port 4010\n");
    for (const [, line = ""] of printed.matchAll(/^export (KEYCARD_\w+=.*)$/gm)) {
      assert.ok(settings().includes(line), `${line} is not in\n${settings()}`);
    }
  });

  for (const { heading, text } of FOLDERS) {
    it(`the commands run the example ${heading}`, async () => {
      const before = printed.length;
      await bash(`${settings()}\n${text}`);
      const requests = printed.slice(before);
      assert.match(requests, new RegExp(`^POST /zones/${SAMPLE_ZONE}/secrets 201 `, "m"));
      assert.match(requests, new RegExp(`^DELETE /zones/${SAMPLE_ZONE}/secrets/\\S+ 204$`, "m"));
      assert.doesNotMatch(requests, /an-example|another-example/);
    });
  }

  function settings(): string {
    assert.ok(SETTINGS.includes("http://127.0.0.1:4010"));
    return SETTINGS.replace("4010", String(port));
  }

  async function bash(script: string): Promise<void> {
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: clone, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => (output += text.toString()));
    }
    const code = await new Promise((closed) => child.once("close", closed));
    assert.equal(code, 0, output);
  }
});

const words = (command: string) => command.split(" ").slice(1);
