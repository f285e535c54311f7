import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fingerprintOf, isFingerprintOf, recipeFor, recipeOf } from "../../provider/values/fingerprint";
import { SecretProvider } from "../support/dynamic-resource";
import { ValueReader } from "../../provider/values/reader";
import { fromCommand, fromEnv, fromFile } from "../../provider/values/source";
import type { ValueSource } from "../../provider/values/types";
import { compileErrors } from "../support/compile";

const NODE = process.execPath;

describe("a source", () => {
  let folder: string;
  let notes: string[];
  let reader: ValueReader;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-source-"));
    notes = [];
    reader = new ValueReader((line) => notes.push(line));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (bytes: string | Buffer) => {
    const path = join(folder, "value");
    writeFileSync(path, bytes);
    return path;
  };

  it("a source is plain data without defaults", () => {
    assert.deepEqual(fromEnv("A"), { fromEnv: "A" });
    assert.deepEqual(fromFile("a", { trim: true }), { fromFile: "a" });
    assert.deepEqual(fromFile("a", { trim: false }), { fromFile: "a", trim: false });
    assert.deepEqual(fromCommand(["a", "b"], { timeoutSeconds: 5 }), {
      fromCommand: ["a", "b"],
      timeoutSeconds: 5,
    });
  });

  it("one trailing newline of a source is removed", async () => {
    assert.equal(await reader.read(fromFile(file("planted\n"))), "planted");
    assert.equal(await new ValueReader(() => undefined).read(fromFile(file("planted\r\n"))), "planted");
    assert.equal(await new ValueReader(() => undefined).read(fromFile(file("planted\n\n"))), "planted\n");
    assert.equal(await new ValueReader(() => undefined).read(fromFile(file("-----\nkey\n"))), "-----\nkey");
    const print = fromCommand([NODE, "-e", "console.log(process.argv[1])", "$HOME; planted"]);
    assert.equal(await reader.read(print), "$HOME; planted");
    assert.equal(await reader.read({ ...print, trim: false }), "$HOME; planted\n");
  });

  it("a thousand secrets read a source once, and a failing source fails once", async () => {
    const runs = join(folder, "runs");
    const script = "require('fs').appendFileSync(process.argv[1], 'x'); process.exit(process.argv[2])";
    for (const status of ["0", "1"]) {
      const source = fromCommand([NODE, "-e", script, runs, status]);
      const reads = Array.from({ length: 1000 }, () =>
        reader.readIfPossible(source, { consequence: "not compared", user: "" }),
      );
      assert.deepEqual(new Set(await Promise.all(reads)), new Set([undefined]));
    }
    assert.equal(readFileSync(runs, "utf8"), "xx");
    assert.equal(notes.length, 2);
  });

  it("the line about an unreadable source names the first of a thousand secrets", async () => {
    for (let secret = 1; secret <= 1000; secret++) {
      await reader.readIfPossible(fromFile("gone"), { consequence: "…", user: `secret-${secret}` });
    }
    const fact = `The file gone (seen from ${process.cwd()}) does not exist`;
    const users = ["Secret secret-1", "Secret secret-2", "Secret secret-3", "more secrets"];
    assert.deepEqual(
      notes,
      users.map((user) => `${fact} (used by ${user}): …`),
    );
  });

  it("the advice fits what is wrong with the source", async () => {
    const remedyOf = (source: ValueSource) =>
      reader.read(source).then(
        () => assert.fail("it was read"),
        (error: Error) => error.message.split("for this update: ")[1],
      );
    const latin1 = Buffer.from("grün", "latin1");
    assert.match((await remedyOf(fromFile(file(latin1)))) ?? "", /^save the file as UTF-8/);
    assert.equal(await remedyOf(fromFile(file(""), { trim: false })), "write the value into the file.");
    assert.match((await remedyOf(fromFile(folder))) ?? "", /^name a file that/);
    assert.match((await remedyOf(fromFile(join(folder, "gone")))) ?? "", /^put the file there/);
    assert.match((await remedyOf(fromCommand([NODE, "-e", ""]))) ?? "", /^make the command write the value/);
  });

  const wrong: [string, () => ValueSource, RegExp][] = [
    ["an empty file", () => fromFile(file("\n")), /value \(seen from .*\) is empty\./],
    ["a folder", () => fromFile(folder), /is a folder, not a file/],
    ["a file that is not text", () => fromFile(file(Buffer.from([0xff, 0xfe]))), /not UTF-8 text/],
    ["a silent command", () => fromCommand([NODE, "-e", ""]), /wrote nothing/],
    [
      "a missing program",
      () => fromCommand(["no-such-program"]),
      /could not start: `no-such-program` was not found on PATH/,
    ],
    [
      "a talkative command",
      () => fromCommand([NODE, "-e", "process.stdout.write('planted-'.repeat(200000))"]),
      /wrote more than 1048576 bytes and was killed/,
    ],
    [
      "a command that shows what it knows",
      () =>
        fromCommand([
          NODE,
          "-e",
          "console.log('planted-a'); console.error('\\x1b[31mno planted-a'); process.exit(2)",
        ]),
      /ended with status 2: no \[redacted\]\. The value/,
    ],
  ];
  for (const [what, source, expected] of wrong) {
    it(`a source that is ${what} is an error without a value`, async () => {
      const error = await reader.read(source()).then(
        () => assert.fail("it was read"),
        (reason: Error) => reason,
      );
      assert.match(error.message, expected);
      assert.ok(!(error.stack ?? "").replace(/`.*`/gs, "").includes("planted"));
    });
  }

  it("a source is accepted only for a token or password", () => {
    const program = (data: string) =>
      `import { Secret, fromEnv, fromFile } from "pulumi-keycard";
       new Secret("a", { entityId: "e", data: ${data} });`;
    assert.deepEqual(compileErrors(program('{ type: "token", token: fromEnv("A") }')), []);
    assert.deepEqual(
      compileErrors(program('{ type: "password", username: "u", password: fromFile("f", { trim: false }) }')),
      [],
    );
    const user = '{ type: "password", username: fromEnv("U"), password: "p" }';
    assert.notDeepEqual(compileErrors(program(user)), []);
    assert.notDeepEqual(
      compileErrors(program('{ type: "token", token: fromEnv("A", { trim: false }) }')),
      [],
    );
  }).timeout(60_000);
});

describe("a check of a source", () => {
  const args = { zoneId: "z", entityId: "e", name: "n" };
  const failuresOf = async (data: unknown) => {
    const { failures = [] } = await new SecretProvider().check({}, { ...args, data });
    return failures.map(({ reason }) => reason);
  };

  it("check rejects an incomplete source, or one in a wrong place", async () => {
    const list = "must be a list of the program and its arguments";
    const example = 'write it as fromCommand(["op", "read", "op://vault/item/field"])';
    const wrong: [object, string][] = [
      [{ fromEnv: "" }, '`data.token.fromEnv` is empty: write it as fromEnv("NAME")'],
      [
        { fromEnv: "A=planted" },
        '`data.token.fromEnv` cannot contain "=": write only the name, as in fromEnv("NAME"), ' +
          "and set the variable where `pulumi up` runs",
      ],
      [{ fromEnv: "$A" }, '`data.token.fromEnv` begins with "$": write it without, as in fromEnv("NAME")'],
      [{ fromEnv: " A" }, "`data.token.fromEnv` begins or ends with white space: remove it"],
      [{ fromEnv: "A\0" }, "`data.token.fromEnv` contains a null byte"],
      [{ fromEnv: null }, "`data.token.fromEnv` is null"],
      [
        { fromEnv: "A", trim: false },
        "`data.token` has an option that fromEnv does not have: it accepts the options acceptAnyValue",
      ],
      [{ fromFile: 1 }, '`data.token.fromFile` must be a string, not a number: write it as fromFile("path")'],
      [{ fromFile: "planted\0" }, "`data.token.fromFile` contains a null byte"],
      [{ fromFile: "a", trim: "no" }, "`data.token.trim` must be true or false, not a string"],
      [{ fromCommand: [] }, `\`data.token.fromCommand\` ${list}, not an empty list: ${example}`],
      [
        { fromCommand: "planted -x" },
        `\`data.token.fromCommand\` ${list}, not a string: ${example}. No shell splits a text into arguments`,
      ],
      [{ fromCommand: ["a", 1] }, "argument 1 of `data.token.fromCommand` must be a string, not a number"],
      [{ fromCommand: [" "] }, "the program of `data.token.fromCommand` is empty"],
      [{ fromCommand: ["a", "planted\0"] }, "argument 1 of `data.token.fromCommand` contains a null byte"],
      [
        { fromCommand: ["a", "planted-".repeat(20_000)] },
        "argument 1 of `data.token.fromCommand` has 160000 bytes, and the maximum is 131071: pass it in a file",
      ],
      ...[3e6, 0, NaN, "5"].map((timeoutSeconds): [object, string] => [
        { fromCommand: ["a"], timeoutSeconds },
        "`data.token.timeoutSeconds` must be a number of seconds above 0, at most 2147483",
      ]),
      [
        { fromCommand: ["a"], timeout: 5 },
        "`data.token` has an option that fromCommand does not have: it accepts the options trim, timeoutSeconds, passEnv, field, acceptAnyValue",
      ],
      ...["HOME", ["A=b"], [1]].map((passEnv): [object, string] => [
        { fromCommand: ["a"], passEnv },
        "`data.token.passEnv` must be a list of names of environment variables",
      ]),
    ];
    for (const [token, problem] of wrong) {
      assert.deepEqual(await failuresOf({ type: "token", token }), [problem]);
    }
    assert.deepEqual(await failuresOf({ type: "token", token: { fromEnv: "A", fromFile: "b" } }), [
      "`data.token` has `fromEnv` and `fromFile`: keep one of them",
    ]);
    for (const token of [{}, { path: "planted" }]) {
      const [reason = "", ...others] = await failuresOf({ type: "token", token });
      assert.match(reason, /^`data\.token` must be a string, fromEnv\("NAME"\), fromFile/);
      assert.deepEqual(others, []);
    }
    const data = { type: "password", username: fromEnv("PATH"), password: "planted-password" };
    assert.deepEqual(await failuresOf(data), [
      "`data.username` must be a string: only `data.token` and `data.password` can come from fromEnv, fromFile and fromCommand, or be generated",
    ]);
  });

  it("check loads neither axios nor the client", () => {
    const provider = resolve(__dirname, "../../dist/secret-provider.js");
    const script = `
      const { provider } = require(process.argv[1]);
      const news = { zoneId: "z", entityId: "e", name: "n", data: { type: "token", token: { fromEnv: "PATH" } } };
      provider.check({}, news).then(async ({ inputs, failures }) => {
        await provider.diff("id", news, { ...news, name: "m" });
        const loaded = Object.keys(require.cache).filter((path) => /axios|keycard.client|connection/.test(path));
        console.log(JSON.stringify({ failures, loaded, fingerprint: inputs.data.value.token.fingerprint.value }));
      });`;
    const printed = execFileSync(NODE, ["-e", script, provider], { encoding: "utf8" });
    const { failures, loaded, fingerprint } = JSON.parse(printed) as Record<string, unknown>;
    assert.deepEqual([failures, loaded], [[], []]);
    assert.match(String(fingerprint), /^scrypt:/);
  });
});

describe("a fingerprint", () => {
  it("a fingerprint is the same only for the same value and the same recipe", async () => {
    const [a, b] = [recipeFor("urn:a"), recipeFor("urn:b")];
    const fingerprint = await fingerprintOf("planted-value", a);
    assert.equal(await fingerprintOf("planted-value", recipeFor("urn:a")), fingerprint);
    assert.notEqual((await fingerprintOf("planted-value", b)).split("$")[2], fingerprint.split("$")[2]);
    assert.equal(recipeOf(fingerprint), a);
    assert.equal(await isFingerprintOf(fingerprint, "planted-value"), true);
    assert.equal(await isFingerprintOf(fingerprint, "planted-valuf"), false);
  });

  it("an edited or truncated fingerprint, or one with another cost, is invalid", async () => {
    const whole = await fingerprintOf("planted-value", recipeFor("urn"));
    const edits = [
      whole.slice(0, -1),
      whole.replace("2048", "1024"),
      whole.replace("2048:8:1", "1073741824:64:64"),
      whole.replace(/\$.*\$/, "$AAAA$"),
      `${whole}$`,
      whole.replace("scrypt:2048:8:1", "constructor"),
      "not one at all",
      "",
    ];
    for (const edited of edits) {
      assert.equal(recipeOf(edited), undefined, edited);
      assert.equal(await isFingerprintOf(edited, "planted-value"), false, edited);
    }
    await assert.rejects(
      fingerprintOf("planted-value", "scrypt:1024:8:1$AAAAAAAAAAAAAAAAAAAAAA"),
      /known cost/,
    );
  });

  it("a fingerprint costs a core at most 15 ms", async () => {
    const times: number[] = [];
    for (let round = 0; round < 15; round++) {
      const before = process.cpuUsage();
      await fingerprintOf(`planted-${round}`, recipeFor("urn"));
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    // The minimum, because the machine also does other work.
    assert.ok(Math.min(...times) <= 15, `${Math.min(...times)} ms`);
  });
});
