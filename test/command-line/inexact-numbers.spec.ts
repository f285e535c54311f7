import assert from "node:assert/strict";
import { inexactNumbers } from "../../provider/command-line/program-text";

describe("a number that JavaScript rounds", () => {
  it("the warning names the secret and the place of the number", () => {
    const text =
      '{ "a": 9007199254740993, "b": [1, { "c": -12345678901234567890 }], "d": 9007199254740991, "e": 0.1 }';
    const metadata = JSON.parse(text) as Record<string, unknown>;
    const lines = inexactNumbers({ id: "sec_1", metadata });
    assert.deepEqual(
      lines.map((line) => /`(.+)` of the secret sec_1 is a whole number above 2\^53/.exec(line)?.[1]),
      ["metadata.a", "metadata.b.1.c"],
    );
  });

  it("absent metadata causes no warning", () => {
    assert.deepEqual(inexactNumbers({ id: "sec_1" }), []);
    assert.deepEqual(inexactNumbers({ id: "sec_1", metadata: { a: "12345678901234567890", b: null } }), []);
  });
});
