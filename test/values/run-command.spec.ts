import assert from "node:assert/strict";
import childProcess, { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { restore, stub, useFakeTimers } from "sinon";
import { ValueReader } from "../../provider/values/reader";
import { fromCommand, fromFile } from "../../provider/values/source";
import type { CommandOptions, ValueSource } from "../../provider/values/types";

const NODE = process.execPath;
const node = (script: string, args: string[] = [], options: CommandOptions = {}) =>
  fromCommand([NODE, "-e", script, ...args], options);

/** Reads values after all files that a process may open are open. */
const WITHOUT_FILES = `
  const { openSync } = require("node:fs");
  const { ValueReader } = require(${JSON.stringify(join(__dirname, "../../provider/values/reader"))});
  const reader = new ValueReader(() => undefined);
  const fill = () => { try { for (;;) openSync("/dev/null"); } catch {} };
  const show = ({ message }) => require("node:fs").writeSync(1, message + "\\n");
  const read = (source) => reader.read(source).catch(show).then(fill);
  // What is loaded late is loaded by the first read.
  read({ fromFile: ${JSON.stringify(join(__dirname, "../../package.json"))} })
    .then(() => read({ fromCommand: ["true"] }))
    .then(() => read({ fromFile: ${JSON.stringify(__filename)} }));`;

describe("a command", () => {
  let notes: string[];
  let reader: ValueReader;
  let saved: NodeJS.ProcessEnv;

  beforeEach(() => {
    notes = [];
    reader = new ValueReader((line) => notes.push(line));
    saved = { ...process.env };
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
    Object.assign(process.env, saved);
  });

  const errorOf = async (source: ValueSource) => {
    const error = await reader.read(source).then(
      () => assert.fail("it was read"),
      (reason: Error) => reason,
    );
    assert.ok(!`${error.message}${error.stack}`.includes("planted"), error.message);
    return error.message;
  };

  const CREDENTIALS = [
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_BACKEND_URL",
    "PULUMI_CONFIG",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "KEYCARD_CLIENT_SECRET",
    "KEYCARD_ACCESS_TOKEN",
    "KEYCARD_API_CLIENT_SECRET",
    "KEYCARD_API_API_KEY",
  ];

  it("a command gets all variables except the credentials of Pulumi and Keycard", async () => {
    const names = [...CREDENTIALS, "KEYCARD_CLIENT_ID", "VAULT_TOKEN"];
    for (const name of names) process.env[name] = name;
    const script = "console.log(JSON.stringify(process.argv.slice(1).filter((name) => name in process.env)))";
    const got = async (passEnv: string[]) =>
      JSON.parse(await reader.read(node(script, names, { passEnv }))) as string[];
    assert.deepEqual(await got([]), ["KEYCARD_CLIENT_ID", "VAULT_TOKEN"]);
    assert.deepEqual(await got(["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "KEYCARD_CLIENT_SECRET"]), [
      "PULUMI_ACCESS_TOKEN",
      "PULUMI_BACKEND_URL",
      "KEYCARD_CLIENT_SECRET",
      "KEYCARD_CLIENT_ID",
      "VAULT_TOKEN",
    ]);
  });

  it("a source without passEnv has no such key", () => {
    assert.deepEqual(fromCommand(["a"], { passEnv: [] }), { fromCommand: ["a"] });
    assert.deepEqual(fromCommand(["a"], { passEnv: ["B"] }), { fromCommand: ["a"], passEnv: ["B"] });
    assert.throws(() => fromCommand(["a"], { passEnv: ["A=planted"] }), /`passEnv` must be a list of names/);
    assert.throws(
      () => fromCommand(["a"], { timeoutSeconds: 3e6 }),
      /`timeoutSeconds` must be a number of seconds above 0, at most 2147483/,
    );
  });

  it("the error of a command shows no argument, and no password in the address of a variable", async () => {
    process.env["DATABASE_URL"] = "postgres://app:planted%40db@db.example/app";
    const script =
      "console.error(process.argv.slice(1).join(' '), 'planted@db', 'planted-s.header', process.env.DATABASE_URL); process.exit(3)";
    const message = await errorOf(
      node(script, ["X-Vault-Token: planted-s.header", "--password=planted-other"]),
    );
    assert.match(message, /^The command `\S*node\S* …` ended with status 3: \[redacted\]/);
  });

  it("the error of a command hides a value that a terminal or a line break would join", async () => {
    const planted = "planted-correct horse battery";
    reader.hide(planted);
    const [colours, lines] = await Promise.all(
      [
        "planted-correct\\u001b[31m horse\\u001b]0;title\\u0007 battery",
        "planted-correct horse\\nbattery",
      ].map((text) => errorOf(node(`console.error("no " + "${text}"); process.exit(1)`))),
    );
    assert.match(colours ?? "", /status 1: no \[redacted\]\./);
    assert.match(lines ?? "", /status 1: \[redacted\]\./);
  });

  it("the error of a command keeps its text if a value or a user name is short", async () => {
    reader.hide("app");
    const message = await errorOf(
      node("console.error('the application app cannot open the item'); process.exit(1)"),
    );
    assert.match(message, /status 1: the application \[redacted\] cannot open the item\./);
  });

  it("a command may write 500 KB to both streams before it fails", async () => {
    const script =
      "for (let i = 0; i < 12000; i++) { console.log('planted line ' + i + ' of stdout ' + i * 7); console.error('line ' + i + ' of stderr, ' + i * 7); }" +
      "console.error('planted line 7 of stdout 49'); console.error('at last it failed'); process.exitCode = 1";
    assert.match(await errorOf(node(script)), /status 1: at last it failed\./);
  }).timeout(20_000);

  it("the error of a command shows nothing of a last line that is too long to search", async () => {
    const message = await errorOf(node("console.error('planted'.repeat(20000)); process.exit(1)"));
    assert.match(message, /status 1: \[redacted\]\./);
  });

  /** Starts a process that keeps the pipes of the command open, and writes its ID to a file. */
  const leaving = (script: string, end: string) =>
    `const { spawn } = require("node:child_process");
     const left = spawn(process.execPath, ["-e", ${JSON.stringify(script)}], { stdio: "inherit" });
     require("node:fs").writeFileSync(process.argv[1], String(left.pid));
     ${end}`;

  const isRunning = (pid: number) => {
    try {
      if (process.platform !== "linux") return process.kill(pid, 0);
      // A process that has ended, and whose parent has not collected it, can still receive signals.
      return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
      return false;
    }
  };

  describe("that leaves a process with its pipes", () => {
    let folder: string;
    let pid: () => number;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-left-"));
      pid = () => Number(readFileSync(join(folder, "pid"), "utf8"));
    });
    afterEach(() => {
      if (isRunning(pid())) process.kill(pid(), "SIGKILL");
      rmSync(folder, { recursive: true });
    });
    const STAYS = "setTimeout(() => {}, 60_000)";

    it("a command is read when it ends, and a process that it leaves behind continues", async () => {
      const script = leaving(STAYS, 'left.unref(); process.stdout.write("first\\n"); process.exit(0)');
      const begun = performance.now();
      assert.equal(await reader.read(node(script, [join(folder, "pid")], { timeoutSeconds: 20 })), "first");
      assert.ok(performance.now() - begun < 10_000);
      assert.ok(isRunning(pid()));
    });

    it("a command with a background process fails when it ends with a status, with its last line", async () => {
      const script = leaving(STAYS, 'console.error("no vault"); process.exit(4)');
      const begun = performance.now();
      const message = await errorOf(node(script, [join(folder, "pid")], { timeoutSeconds: 20 }));
      assert.match(message, /ended with status 4: no vault/);
      assert.ok(performance.now() - begun < 10_000);
    });

    it("a command that times out is killed with its background process, even if both ignore SIGTERM", async () => {
      const deaf = `process.on("SIGTERM", () => {}); ${STAYS}`;
      const script = leaving(deaf, deaf);
      const message = await errorOf(node(script, [join(folder, "pid")], { timeoutSeconds: 2 }));
      assert.match(message, /was killed after 2 seconds/);
      for (let i = 0; i < 20 && isRunning(pid()); i++) await sleep(50);
      assert.ok(!isRunning(pid()), "the process of the command is still running");
    });
  });

  it("a command that writes much just before it ends is read completely", async () => {
    const read = await reader.read(node("process.stdout.write('x'.repeat(900_000))"));
    assert.equal(read.length, 900_000);
  });

  it("the error explains why a command cannot start", async () => {
    const plain = (fromCommand: string[]): ValueSource => ({ fromCommand });
    assert.match(
      await errorOf(plain([NODE, "planted\0"])),
      /^The command `\S+ …` could not start: an argument has a null character \(ERR_INVALID_ARG_VALUE\)\. .*: remove it\.$/,
    );
    assert.match(
      await errorOf(plain([NODE, "planted".repeat(100_000)])),
      /could not start: its arguments and variables are too long \(E2BIG\)/,
    );
    assert.match(
      await errorOf(plain([tmpdir()])),
      /could not start: `.*` is not an executable file \(EACCES\)/,
    );
  });

  it("the error names the limit that keeps a command from starting, and how to raise it", async () => {
    const causes = {
      EAGAIN: /: this user may have no more processes \(EAGAIN\)\. .*: raise the limit, which is `ulimit -u`/,
      EMFILE: /: this process has too many open files \(EMFILE\)\. .*: raise the limit, which is `ulimit -n`/,
      ERR_ACCESS_DENIED: /: Node\.js may not start programs \(.*\)\. .*: add --allow-child-process/,
      EPERM: /: the system forbids this user to run `printf` \(EPERM\)\. .*: allow it/,
      EOTHER: /could not start: EOTHER\. .*: find out what keeps it from starting/,
    };
    for (const [code, cause] of Object.entries(causes)) {
      stub(childProcess, "execFile").throws(Object.assign(new Error("planted"), { code }));
      assert.match(await errorOf(fromCommand(["printf", "planted", code])), cause);
      restore();
    }
  });

  it("the error names the limit of open files for a command and for a file", () => {
    const { stdout, stderr } = spawnSync(
      "sh",
      ["-c", 'ulimit -n 60 && exec "$0" "$@"', NODE, "--require", "tsx/cjs", "-e", WITHOUT_FILES],
      { encoding: "utf8" },
    );
    assert.match(
      stdout,
      /^The command `true` could not start: this process has too many open files \(EMFILE\)\. /,
      stderr,
    );
    assert.match(stdout, /^The file \S+ .* cannot be read, because this process has too many open files/m);
  });

  it("a command that cannot be killed does not hold up the run", async () => {
    const kill = stub(process, "kill").throws(Object.assign(new Error("kill"), { code: "EPERM" }));
    const message = await errorOf(node("setTimeout(() => {}, 20_000)", [], { timeoutSeconds: 1 }));
    const [pid] = kill.firstCall.args;
    restore();
    process.kill(pid, "SIGKILL");
    assert.match(
      message,
      new RegExp(`did not end within 1 seconds, and could not be killed\\. .*: end the process ${pid},`),
    );
  });

  it("the error of a command shows its cause, and nothing of a dump of what it has read", async () => {
    const dump = `error: error executing jsonpath "{.data.nope}": nope is not found. Printing more information for debugging the template:
\tobject given to jsonpath engine was:
\t\tmap[string]interface {}{"data":map[string]interface {}{"password":"${Buffer.from("planted-other").toString("base64")}"}}`;
    process.env["SAID"] = dump;
    const message = await errorOf(node("console.error(process.env.SAID); process.exit(1)"));
    assert.match(
      message,
      /status 1: error: error executing jsonpath \[redacted\]: nope is not found\. The value/,
    );
    assert.ok(!message.includes("cGxh"));
  });

  it("a command that writes nothing and ends with 0 fails with what it said", async () => {
    const message = await errorOf(node("console.error('warning: ' + 'no such item.')"));
    assert.match(message, /wrote nothing, and said: warning: no such item\. The value is needed/);
    assert.match(await errorOf(node("")), /wrote nothing\. The value is needed/);
  });

  it("the remedy of a failed command depends on the cause", async () => {
    const remedies = {
      "you are not logged in": /: log in to the tool, or set its credentials,/,
      "item not found": /: correct the command, or add there what it does not find\.$/,
      "sh: 1: Cannot fork": /: raise the limit, which is `ulimit -u`/,
      "EMFILE: too many open files": /: raise the limit, which is `ulimit -n`/,
      "it is wrong": /: make sure that the command runs non-interactively/,
    };
    for (const [cause, remedy] of Object.entries(remedies)) {
      assert.match(await errorOf(node(`console.error("error: ${cause}"); process.exit(1)`)), remedy);
    }
    assert.match(
      await errorOf(fromCommand(["planted-program".slice(8)])),
      /: install it where `pulumi up` runs/,
    );
  });

  it("a script that is missing, or whose interpreter is, and a command that starts a missing program have their own remedy", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-missing-"));
    const script = join(folder, "get.sh");
    const missing =
      /get\.sh` \(seen from .*\), or the interpreter that it names, does not exist\. .*: put it there before `pulumi up` runs/;
    assert.match(await errorOf(fromCommand([script])), missing);
    writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o755 });
    assert.match(await errorOf(fromCommand([script])), missing);
    const silent = (status: number) => errorOf(node(`process.exit(${status})`));
    assert.match(await silent(127), /status 127\. .*: install the program that the command starts/);
    assert.match(await silent(126), /status 126\. .*: make the program that the command starts executable/);
    assert.match(await silent(1), /: make sure that the command runs non-interactively/);
    rmSync(folder, { recursive: true });
  });

  it("the same command runs once, whatever the order of its keys", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-once-"));
    const script = "require('fs').appendFileSync(process.argv[1], 'x'); console.log('a')";
    const command = [NODE, "-e", script, join(folder, "runs")];
    await reader.read({ fromCommand: command, timeoutSeconds: 5, trim: true });
    await reader.read({ timeoutSeconds: 5, fromCommand: command });
    const counting = fromFile(join(folder, "runs"));
    assert.equal(await reader.read(counting), "x");
    rmSync(folder, { recursive: true });
  });
});

describe("a named pipe", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-pipe-"));
    path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("a pipe is read to its end, whether its writer comes first or later", async () => {
    const late = new ValueReader(assert.fail).read(fromFile(path));
    await sleep(100);
    writeFileSync(path, "planted-late\n");
    assert.equal(await late, "planted-late");
    const writer = execFile("sh", ["-c", 'printf planted- > "$0"; ', path]);
    const early = await new ValueReader(assert.fail).read(fromFile(path));
    assert.deepEqual([early, writer.killed], ["planted-", false]);
  });

  it("a pipe without a writer fails after 30 seconds, and occupies no thread", async () => {
    const clock = useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const readers = Array.from({ length: 8 }, () => new ValueReader(() => undefined).read(fromFile(path)));
      const all = Promise.allSettled(readers);
      // Reads of files wait for a thread, of which there are four.
      for (let i = 0; i < 20; i++) await readFile(__filename);
      await clock.tickAsync(30_000);
      clock.restore();
      for (const outcome of await all) {
        assert.equal(outcome.status, "rejected");
        assert.match(
          String(outcome.reason),
          /is a named pipe into which nothing was written within 30 seconds/,
        );
      }
    } finally {
      clock.restore();
    }
  });
});

describe("a file that begins with a byte order mark", () => {
  it("a file with a byte order mark is sent unchanged, with a warning", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-bom-"));
    const notes: string[] = [];
    const reader = new ValueReader((line) => notes.push(line));
    const path = join(folder, "value.txt");
    writeFileSync(path, "\ufeffplanted\n");
    assert.equal(await reader.read(fromFile(path)), "\ufeffplanted");
    await reader.read(fromFile(path));
    assert.equal(notes.length, 1);
    assert.match(
      notes[0] ?? "",
      /^The file .*value\.txt .* begins with a byte order mark \(BOM\), which is sent/,
    );
    assert.ok(!notes.join().includes("planted"));
    rmSync(folder, { recursive: true });
  });
});
