import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { closeAll, orClose } from "./close-all";
import { engineEnvironment } from "../lifecycle/support/environment";
import { assertNoProcessLeft, processIds } from "../lifecycle/support/processes";

const ROOT = resolve(__dirname, "../..");

describe("cleaning up after a test", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-cleanup-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("the emulator is closed even if the stack's own cleanup fails", async () => {
    const closed: string[] = [];
    const fails = { close: () => Promise.reject(new Error("a process is left")) };
    const closes = closeAll(fails, { close: () => closed.push("emulator") }, undefined, () =>
      closed.push("folder"),
    );
    await assert.rejects(closes, /^Error: a process is left$/);
    assert.deepEqual(closed, ["emulator", "folder"]);
  });

  it("each failure of a cleanup is reported", async () => {
    const failing = (text: string) => () => {
      throw new Error(text);
    };
    await assert.rejects(closeAll(failing("one"), failing("two")), /^Error: one\ntwo$/);
  });

  it("an emulator is closed if its stack cannot be opened", async () => {
    let isClosed = false;
    const opening = Promise.reject(new Error("there is no engine"));
    await assert.rejects(
      orClose(opening, () => (isClosed = true)),
      /there is no engine/,
    );
    assert.ok(isClosed);
  });

  /** Starts a program that only has the folder in its environment. */
  const start = async (program: string, args: string[]): Promise<ChildProcess> => {
    const child = spawn(program, args, { env: { ...process.env, HOME: folder }, stdio: "ignore" });
    await once(child, "spawn");
    return child;
  };

  it("a daemon of the session that inherited the environment is neither counted nor killed", async () => {
    const child = spawn("sleep", ["60"], { argv0: "dbus-daemon", env: { HOME: folder }, stdio: "ignore" });
    try {
      await once(child, "spawn");
      await assertNoProcessLeft(folder);
      assert.equal(child.signalCode, null);
    } finally {
      child.kill();
    }
  });

  it("a process of ours that outlives its command is named and killed", async () => {
    const child = await start(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    assert.deepEqual(processIds(folder, "setTimeout"), [child.pid]);
    const ended = once(child, "exit");
    await assert.rejects(
      assertNoProcessLeft(folder),
      /outlived their command and were killed:\n {2}\d+ \S*node -e .*\nFind out what started them/,
    );
    await ended;
  });

  it("the engine is given a session bus that leads nowhere", () => {
    const { DBUS_SESSION_BUS_ADDRESS: address } = engineEnvironment({ home: "", state: "" });
    assert.equal(address, "unix:path=/nonexistent");
  });

  it("a difference is shown once, as mocha shows it", () => {
    const spec = join(folder, "differs.spec.ts");
    writeFileSync(
      spec,
      'it("differs", () => require("node:assert/strict").deepEqual([{ a: 1 }], [{ a: 2 }]));',
    );
    const mocha = join(ROOT, "node_modules/mocha/bin/mocha.js");
    const { stdout } = spawnSync(process.execPath, [mocha, spec], { encoding: "utf8", cwd: ROOT });
    const shown = stdout
      .split("\n")
      .flatMap((line) => /^ *([+-]) .*(\d)$/.exec(line)?.slice(1).join("") ?? []);
    assert.deepEqual(shown, ["-1", "+2"], stdout);
  });

  it("tests that leave a server open end with a status and what to do", () => {
    const spec = join(folder, "open.spec.ts");
    const server = 'require("node:net").createServer().listen(0, "127.0.0.1");';
    writeFileSync(spec, `it("passes", () => { ${server} });`);
    const teardown = join(folder, "quick.ts");
    const endInTime = join(ROOT, "test/support/end-in-time");
    writeFileSync(
      teardown,
      `exports.mochaGlobalTeardown = () => require(${JSON.stringify(endInTime)}).endInTime(200);`,
    );
    const mocha = join(ROOT, "node_modules/mocha/bin/mocha.js");
    const args = [mocha, "--no-config", "--require", "tsx", "--require", teardown, spec];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: ROOT });
    assert.match(stdout, /1 passing/);
    assert.match(stderr, /something keeps this process alive \(.*TCP.*\)\. Close what the work has opened/);
    assert.equal(status, 1);
  });
});
