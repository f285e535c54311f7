import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import sinon from "sinon";
import { killTree } from "../../provider/values/command";

describe("a process that is killed with all that it has started", () => {
  let folder: string;
  let processes: ChildProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-kill-"));
    processes = [1, 2, 3].map(() => spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]));
  });
  afterEach(() => {
    sinon.restore();
    for (const each of processes) each.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Replaces a program of the system with a shell script. */
  const play = (program: string, script: string) => {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    sinon.stub(process.env, "PATH").value(`${folder}${delimiter}${process.env["PATH"]}`);
  };
  const ended = (child: ChildProcess | undefined) =>
    new Promise((resolve) => child?.once("exit", (_code, signal) => resolve(signal)));

  it("the list of `ps` tells its descendants where there is no /proc", async () => {
    const [parent, child, other] = processes;
    sinon.stub(process, "platform").value("darwin");
    const lines = `  PID  PPID\n ${child?.pid}   ${parent?.pid}\n ${other?.pid}  1\n`;
    play("ps", `[ "$*" = "-A -o pid=,ppid=" ] && printf '${lines.replaceAll("\n", "\\n")}'`);
    const ends = Promise.all([ended(parent), ended(child)]);
    killTree(parent?.pid ?? assert.fail());
    assert.deepEqual(await ends, ["SIGKILL", "SIGKILL"]);
    assert.deepEqual([other?.exitCode, other?.signalCode], [null, null]);
  });

  it("it is killed alone if the list cannot be had", async () => {
    const [parent] = processes;
    sinon.stub(process, "platform").value("darwin");
    play("ps", "exit 1");
    const end = ended(parent);
    killTree(parent?.pid ?? assert.fail());
    assert.equal(await end, "SIGKILL");
  });

  it("it is killed alone if the processes may not be listed", async () => {
    const [parent] = processes;
    sinon.stub(process, "platform").value("linux");
    const denied = sinon
      .stub(fs, "readdirSync")
      .throws(Object.assign(new Error("denied"), { code: "ERR_ACCESS_DENIED" }));
    const end = ended(parent);
    killTree(parent?.pid ?? assert.fail());
    denied.restore();
    assert.equal(await end, "SIGKILL");
  });

  it("Windows kills it with its tree", () => {
    sinon.stub(process, "platform").value("win32");
    play("taskkill", `echo "$*" > ${join(folder, "arguments")}`);
    // A process of this test, because a mistake here would kill it.
    const { pid = assert.fail() } = processes[0] ?? {};
    killTree(pid);
    assert.equal(readFileSync(join(folder, "arguments"), "utf8"), `/pid ${pid} /t /f\n`);
  });
});
