import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { fromCommand, fromEnv, fromFile, generated, initialValue } from "../../provider";

/** Sources that plain JavaScript can pass. */
const loosely = { fromEnv, fromFile, fromCommand, generated, initialValue } as unknown as Record<
  string,
  (...args: unknown[]) => unknown
>;

const MISTAKES: [name: string, args: unknown[], message: string][] = [
  ["fromEnv", [""], 'fromEnv: the name of an environment variable is empty. Write it as fromEnv("NAME").'],
  [
    "fromEnv",
    [undefined],
    "fromEnv: the name of an environment variable is undefined. " +
      'Pass the name, as in fromEnv("NAME"), not process.env.NAME.',
  ],
  [
    "fromEnv",
    ["A=planted-value"],
    'fromEnv: the name of an environment variable cannot contain "=". Write only the name, as in fromEnv("NAME"), ' +
      "and set the variable where `pulumi up` runs.",
  ],
  [
    "fromEnv",
    ["$A"],
    'fromEnv: the name of an environment variable begins with "$". Write it without, as in fromEnv("NAME").',
  ],
  [
    "fromEnv",
    ["A "],
    "fromEnv: the name of an environment variable begins or ends with white space. Remove it.",
  ],
  ["fromEnv", ["A\0"], "fromEnv: the name of an environment variable contains a null byte."],
  [
    "fromEnv",
    [pulumi.output("A")],
    'fromEnv: the name of an environment variable must be a string, not an output. Write it as fromEnv("NAME").',
  ],
  [
    "fromFile",
    [["planted"]],
    'fromFile: the path of a file must be a string, not a list. Write it as fromFile("path").',
  ],
  ["fromFile", [" "], 'fromFile: the path of a file is empty. Write it as fromFile("path").'],
  ["fromFile", [undefined], "fromFile: the path of a file is undefined."],
  [
    "fromFile",
    ["a", { trm: false }],
    "fromFile: `trm` is not an option. Did you mean `trim`? The options are trim, field, acceptAnyValue.",
  ],
  ["fromFile", ["a", { trim: "no" }], "fromFile: the option `trim` must be true or false, not a string."],
  ["fromFile", ["a", null], "fromFile: the options must be an object, not null."],
  [
    "generated",
    [],
    "generated: the options must be an object, not undefined. Write it as generated({ length: 32 }).",
  ],
  [
    "generated",
    [{ characters: ["lower"] }],
    "generated: `length` must be a whole number of characters from 8 to 1024, such as 32.",
  ],
  [
    "generated",
    [{ length: 32, charcters: ["lower"] }],
    "generated: `charcters` is not an option of generated. Did you mean `characters`? " +
      "The options are length, characters, rotateAfterDays, rotation.",
  ],
  [
    "generated",
    [{ length: 32, rotation: 2026 }],
    'generated: `rotation` must be a string such as "2026-12", not a number.',
  ],
  [
    "initialValue",
    [undefined],
    "initialValue: the value must be a string, or one of fromEnv, fromFile and fromCommand, not undefined. " +
      "If it comes from `process.env`, the variable is not set: use fromEnv.",
  ],
  [
    "initialValue",
    [""],
    "initialValue: the value must be a string, or one of fromEnv, fromFile and fromCommand, not an empty string.",
  ],
  [
    "initialValue",
    [{ planted: "planted" }],
    "initialValue: the value must be a string, or one of fromEnv, fromFile and fromCommand, not an object.",
  ],
  [
    "fromCommand",
    ["op read planted"],
    "fromCommand: the command must be a list of the program and its arguments, not a string. " +
      'Write it as fromCommand(["op", "read", "op://vault/item/field"]). No shell splits a text into arguments.',
  ],
  [
    "fromCommand",
    [[]],
    "fromCommand: the command must be a list of the program and its arguments, not an empty list. " +
      'Write it as fromCommand(["op", "read", "op://vault/item/field"]).',
  ],
  [
    "fromCommand",
    [],
    "fromCommand: the command must be a list of the program and its arguments, not undefined. " +
      'Write it as fromCommand(["op", "read", "op://vault/item/field"]).',
  ],
  ["fromCommand", [[""]], "fromCommand: the program is empty."],
  ["fromCommand", [["op", undefined]], "fromCommand: argument 1 must be a string, not undefined."],
  ["fromCommand", [["op", "planted\0"]], "fromCommand: argument 1 contains a null byte."],
  [
    "fromCommand",
    [["op"], { timeout: 5 }],
    "fromCommand: `timeout` is not an option. Did you mean `timeoutSeconds`? The options are trim, timeoutSeconds, passEnv, field, acceptAnyValue.",
  ],
  [
    "fromCommand",
    [["op"], { timeoutSeconds: "5" }],
    "fromCommand: the option `timeoutSeconds` must be a number of seconds above 0, at most 2147483.",
  ],
];

describe("a mistake in a source", () => {
  for (const [name, args, message] of MISTAKES) {
    it(`the stack begins at the user's line for: ${message}`, () => {
      const error = (() => {
        try {
          return assert.fail(`it was taken: ${JSON.stringify(loosely[name]?.(...args))}`);
        } catch (thrown) {
          return thrown as Error;
        }
      })();
      assert.equal(error.message, message);
      // The stack begins with the program's line, and no value is shown.
      assert.match((error.stack ?? "").split("\n")[1] ?? "", /source-mistakes\.spec/);
      assert.ok(!error.message.includes("planted"));
    });
  }

  it("valid options are no mistake", () => {
    assert.deepEqual(fromCommand(["a", ""], { trim: false, timeoutSeconds: 0.5 }), {
      fromCommand: ["a", ""],
      trim: false,
      timeoutSeconds: 0.5,
    });
    assert.deepEqual(fromFile("a", {}), { fromFile: "a" });
  });
});
