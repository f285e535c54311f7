import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fingerprintOf, recipeFor } from "../../provider/values/fingerprint";
import { ValueReader } from "../../provider/values/reader";
import { fromCommand, fromEnv, fromFile } from "../../provider/values/source";
import type { ValueSource } from "../../provider/values/types";

const VARIABLE = "VALUE_OF_A_TEST";

describe("a reader of values", () => {
  let folder: string;
  let notes: string[];
  let reader: ValueReader;
  const at = (name: string) => join(folder, name);
  const write = (text: string) => {
    writeFileSync(at("value"), text);
    return at("value");
  };
  const refused = async (source: ValueSource) => {
    const { message, refusal } = await new ValueReader((line) => notes.push(line)).read(source).then(
      () => assert.fail(`it was read: ${JSON.stringify(source)}`),
      (error: Error & { refusal?: string }) => error,
    );
    assert.equal(refusal, message);
    assert.ok(!message.includes("planted"), message);
    return message;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-reader-"));
    notes = [];
    reader = new ValueReader((line) => notes.push(line));
  });
  afterEach(() => {
    delete process.env[VARIABLE];
    rmSync(folder, { recursive: true });
  });

  it("many fields of one document need one read", async () => {
    const script = `echo run >> "$0"; printf '{"a": {"b": "planted-one"}, "c": "planted-two", "d": 1.10}'`;
    const command = ["sh", "-c", script, at("runs")];
    const fields = ["a.b", "c", 'a["b"]', "c"];
    const values = fields.map((field) => reader.read(fromCommand(command, { field })));
    assert.deepEqual(await Promise.all(values), ["planted-one", "planted-two", "planted-one", "planted-two"]);
    assert.equal(readFileSync(at("runs"), "utf8"), "run\n");
    assert.deepEqual(notes, []);
    assert.equal(await reader.read(fromCommand(command, { field: "d" })), "1.10");
    assert.match(
      notes.join(),
      /^The command `sh …` has a number at the field `d`, which is sent as it is written there/,
    );
    assert.ok(["planted-one", "planted-two", "1.10"].every((value) => [...reader.hidden].includes(value)));
  });

  it("a field without a text is refused with its path", async () => {
    const path = write('{"a": {"b": null}, "c": "", "d": "null", "e": "planted"}');
    assert.match(
      await refused(fromFile(path, { field: "a" })),
      /has an object at the field `a`, not a string: name/,
    );
    assert.match(await refused(fromFile(path, { field: "a.b" })), /has null at the field `a\.b`/);
    assert.match(await refused(fromFile(path, { field: "a.c" })), /has nothing at the field `a\.c`/);
    assert.match(await refused(fromFile(path, { field: "c" })), /has an empty text at the field `c`/);
    assert.match(await refused(fromFile(path, { field: "d" })), /has a value that is the word `null`: jq/);
    assert.match(await refused(fromFile(write("planted"), { field: "d" })), /is no JSON document/);
  });

  it("what is never meant is refused, unless it is said to be meant", async () => {
    const path = write("None\n");
    process.env[VARIABLE] = "<no value>";
    const command = ["printf", "%s", "-----BEGIN PGP MESSAGE-----\nplanted"];
    const meant = /If it is meant, set the option `acceptAnyValue` to true\.$/;
    for (const source of [fromFile(path), fromEnv(VARIABLE), fromCommand(command)]) {
      assert.match(await refused(source), meant);
    }
    const acceptAnyValue = true;
    assert.equal(await reader.read(fromFile(path, { acceptAnyValue })), "None");
    assert.equal(await reader.read(fromEnv(VARIABLE, { acceptAnyValue })), "<no value>");
    assert.match(await reader.read(fromCommand(command, { acceptAnyValue })), /^-----BEGIN PGP/);
    assert.deepEqual(notes, []);
  });

  it("what is doubtful is read, with one line", async () => {
    const source = fromFile(write("planted: 1\nother: 2\n"));
    await Promise.all([reader.read(source), reader.read(source)]);
    assert.equal(notes.length, 1);
    assert.match(
      notes[0] ?? "",
      /^The file .* has a value that has 2 lines and is no PEM text: .*`acceptAnyValue`/,
    );
    assert.ok(!notes[0]?.includes("planted"));
    await new ValueReader(assert.fail).read(fromFile(write("a\nb"), { acceptAnyValue: true }));
  });

  /** Begins when it is started, and ends when the file `go` exists. */
  const waiting = (index: number) =>
    fromCommand([
      "sh",
      "-c",
      'echo >> "$0"; while [ ! -e "$1" ]; do sleep 0.05; done; echo $2',
      at(`begun-${index}`),
      at("go"),
      `planted-${index}`,
    ]);
  const begun = (indexes: number[]) =>
    indexes.filter((index) => {
      try {
        return readFileSync(at(`begun-${index}`), "utf8") === "\n";
      } catch {
        return false;
      }
    });
  const ALL = [0, 1, 2, 3, 4];
  const until = async (wanted: number) => {
    for (let i = 0; i < 400 && begun(ALL).length < wanted; i++) await sleep(25);
    // One more would begin now.
    await sleep(100);
    return begun(ALL);
  };
  const ahead = (indexes: number[]) => ({
    total: 7,
    sources: indexes.map((index): [ValueSource, string] => [waiting(index), `s-${index}`]),
  });

  it("sources are read ahead side by side, as many as allowed, and a needed one comes first", async () => {
    reader = new ValueReader(assert.fail, { parallelReads: () => 2 });
    reader.readAhead(ahead(ALL), (name) => recipeFor(name));
    assert.deepEqual(await until(2), [0, 1]);
    const needed = reader.read(waiting(4));
    writeFileSync(at("go"), "");
    assert.equal(await needed, "planted-4");
    const value = await reader.read(waiting(3));
    assert.deepEqual(await until(5), ALL);
    const recipe = recipeFor("s-3");
    assert.equal(await reader.fingerprint(value, recipe), await fingerprintOf("planted-3", recipe));
  });

  it("an end kills what is being read, and begins nothing more", async () => {
    reader = new ValueReader(assert.fail, { parallelReads: () => 2 });
    reader.readAhead(ahead(ALL), (name) => recipeFor(name));
    assert.deepEqual(await until(2), [0, 1]);
    const [first, last] = [reader.read(waiting(0)), reader.read(waiting(4))].map((read) =>
      read.catch((error: Error) => error.message),
    );
    reader.end();
    assert.match((await first) ?? "", /was ended by SIGKILL/);
    assert.match((await last) ?? "", /was not read, because the run was ended/);
    assert.deepEqual(await until(2), [0, 1]);
  });

  it("a failure of a source that is read ahead matters only to those that need it", async () => {
    const failing = fromCommand(["sh", "-c", "exit 3"]);
    reader.readAhead({ total: 2, sources: [[failing], [fromEnv(VARIABLE), "a"]] }, (name) => recipeFor(name));
    await sleep(200);
    await assert.rejects(reader.read(failing), /ended with status 3/);
    await assert.rejects(reader.read(fromEnv(VARIABLE)), /is not set/);
  });
});
