import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { codeBlocks } from "../support/code-blocks";
import { SAMPLE_ENTITY, SAMPLE_ZONE } from "../support/sample-ids";
import { engineEnvironment } from "./support/environment";
import { freePort } from "./support/free-port";

const ROOT = resolve(__dirname, "../..");
const PAGE = join(ROOT, "docs/guides/try-without-an-account.md");

describe("whoever tries it without an account", () => {
  let root: string;
  let clone: string;

  before(async () => {
    root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-try-"));
    clone = join(root, "clone");
    for (const folder of [clone, join(root, "home")]) await mkdir(folder);
    const entries = (await readdir(ROOT)).filter((name) => !name.startsWith("."));
    for (const name of entries) await symlink(join(ROOT, name), join(clone, name));
  });
  after(() => rm(root, { recursive: true }));

  it("pastes the blocks of the page, and sees an update, drift, the error of a wrong zone and the end", async () => {
    const blocks = codeBlocks(PAGE).filter(({ language }) => language === "sh");
    const [start = "", drift = "", wrong = "", end = ""] = blocks.map(({ text }) => text);
    assert.equal(blocks.length, 4);
    // The test runs in a clone that is installed and built.
    assert.match(start, /^npm ci && npm run build\n/);
    const port = await freePort();
    const begun = start
      .replace(/^.*\n/, "")
      .replace("npm run emulator --", `npm run emulator -- --port ${port}`);
    const { output, code } = await paste([begun, drift, wrong, end].join("\necho '-- next --'\n"));
    assert.equal(code, 0, output);
    const [up = "", refreshed = "", refused = "", ended = ""] = output.split("-- next --");
    assert.match(up, /keycard:Secret github created/);
    assert.match(refreshed, /~ name: "github" => "renamed by hand"/);
    assert.match(refused, /Could not create the secret.*another-zone/s);
    assert.match(ended, /github deleted/);
    const log = await readFile(join(clone, "emulator.log"), "utf8");
    const created = log.split("\n").find((line) => line.startsWith(`POST /zones/${SAMPLE_ZONE}/secrets 201`));
    assert.match(created ?? "", new RegExp(SAMPLE_ENTITY));
    assert.match(log, /^POST \/zones\/another-zone\/secrets 404/m);
    assert.ok(!`${output}${log}`.includes("an-invented-token"));
    await assert.rejects(fetch(`http://127.0.0.1:${port}`), "the emulator still runs");
  });

  /** Runs lines in a shell with jobs, as a terminal has them. */
  async function paste(script: string): Promise<{ output: string; code: number | null }> {
    const env = {
      ...engineEnvironment({ home: join(root, "home"), state: root }),
      // A unit test already compiles the programs, which takes most of the time.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
      HOME: process.env["HOME"],
      XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"],
      TMPDIR: root,
    };
    // Without the trap, a failing line would leave the emulator behind.
    const whole = `set -m\ntrap 'kill %1 2>/dev/null' EXIT\n${script.replace("pulumi stack init", "set -e\npulumi stack init")}`;
    const child = spawn("bash", ["-c", whole], { cwd: clone, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => (output += text.toString()));
    }
    const code = await new Promise<number | null>((closed) => child.once("close", closed));
    return { output, code };
  }
});
