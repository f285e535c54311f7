import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineAddress, RunNotes, type RunNote } from "../../provider/secret/run-notes";

const ADDRESS = "127.0.0.1:4711";
const NOTE: RunNote = { kind: "adopted", secret: '["zone_1","sec_1"]', urn: "urn:a" };

describe("RunNotes", function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let failures: string[];
  let children: ChildProcess[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "pulumi-keycard-notes-"));
    folder = join(root, "notes");
    [failures, children] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => end(child, "SIGKILL")));
    rmSync(root, { recursive: true });
  });

  const notesOf = (address: string | undefined = ADDRESS) =>
    new RunNotes(
      () => address,
      (reason) => failures.push(reason),
      folder,
    );
  /** Another process of the run, which has written its notes. */
  const another = async (notes: RunNote[], address = ADDRESS) => {
    const child = fork(join(__dirname, "support/note-process.ts"), [address, folder, JSON.stringify(notes)], {
      execArgv: ["--require", "tsx/cjs"],
    });
    children.push(child);
    await once(child, "message");
    return child;
  };
  const end = async (child: ChildProcess, signal?: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    if (signal) child.kill(signal);
    else child.send("end");
    await ended;
  };

  it("has what a running process of the same run has told, and what it tells later", async () => {
    const notes = notesOf();
    assert.deepEqual(notes.read(), []);
    const child = await another([NOTE]);
    assert.deepEqual(notes.read(), [NOTE]);
    const second: RunNote = { ...NOTE, kind: "forgets", urn: "urn:b" };
    child.send(second);
    await once(child, "message");
    assert.deepEqual(notes.read(), [NOTE, second]);
    assert.deepEqual(notesOf("127.0.0.1:4712").read(), []);
    assert.deepEqual(failures, []);
  });

  it("leaves nothing behind, whether a process ends by itself or by a signal", async () => {
    const all = [await another([NOTE]), await another([NOTE])];
    assert.equal(notesOf().read().length, 2);
    await end(all[0]!);
    assert.equal(notesOf().read().length, 1);
    await end(all[1]!, "SIGINT");
    assert.equal(all[1]?.signalCode, "SIGINT");
    assert.ok(!existsSync(folder));
  });

  it("ignores what a killed process has left, which the next one removes", async () => {
    const killed = await another([NOTE]);
    await end(killed, "SIGKILL");
    assert.equal(readdirSync(folder).length, 1);
    assert.deepEqual(notesOf().read(), []);
    const child = await another([]);
    child.send(NOTE);
    await once(child, "message");
    assert.deepEqual(
      readdirSync(folder).map((name) => name.endsWith(`-${child.pid}`)),
      [true],
    );
  });

  it("can be read and written by its user alone", async () => {
    const child = await another([NOTE]);
    const modes = [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
      (path) => statSync(path).mode & 0o777,
    );
    assert.deepEqual(modes, [0o700, 0o600]);
    await end(child);
  });

  it("trusts no folder that others can write, and tells that once", async () => {
    const child = await another([NOTE]);
    chmodSync(folder, 0o777);
    const notes = notesOf();
    assert.deepEqual([notes.read(), notes.read()], [[], []]);
    assert.equal(failures.length, 1);
    assert.match(failures[0] ?? "", /notes .*can be written by others\. Remove it/);
    chmodSync(folder, 0o700);
    await end(child);
  });

  it("trusts no file that others can write, and no link", async () => {
    const child = await another([NOTE]);
    const [name = ""] = readdirSync(folder);
    chmodSync(join(folder, name), 0o666);
    assert.deepEqual(notesOf().read(), []);
    assert.equal(failures.length, 1);
    await end(child);
    mkdirSync(join(root, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(root, "elsewhere"), folder);
    notesOf().write(NOTE);
    assert.equal(failures.length, 2);
  });

  it("does nothing without an engine", () => {
    const notes = notesOf("");
    assert.equal(engineAddress(["node", "script.js", "--require", "tsx"]), undefined);
    assert.equal(engineAddress(["-v=9", "--tracing", "file:///tmp/x", "127.0.0.1:4711"]), ADDRESS);
    const none = new RunNotes(
      () => undefined,
      (reason) => failures.push(reason),
      folder,
    );
    none.write(NOTE);
    assert.deepEqual([none.read(), notes.read(), existsSync(folder), failures], [[], [], false, []]);
  });
});
