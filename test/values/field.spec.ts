import assert from "node:assert/strict";
import { pick, problemOfField } from "../../provider/values/field";

const DOCUMENT = JSON.stringify({
  password: "planted-one",
  data: { data: { password: "planted-two" } },
  items: [{ value: "planted-three" }, ["planted-four"]],
  "a.b": { 'c"d': "planted-five" },
  "tls-key": "planted-six",
  empty: "",
  nothing: null,
  "": "planted-seven",
});

describe("a field of a JSON document", () => {
  it("a path in Pulumi's syntax leads to its value", () => {
    const found = {
      password: "one",
      ".password": "one",
      "data.data.password": "two",
      'data["data"].password': "two",
      "items[0].value": "three",
      "items[1][0]": "four",
      '["a.b"]["c\\"d"]': "five",
      "tls-key": "six",
      '[""]': "seven",
    };
    for (const [path, end] of Object.entries(found)) {
      assert.equal(problemOfField(path), undefined, path);
      assert.deepEqual(pick(DOCUMENT, path), { value: `planted-${end}` }, path);
    }
    assert.deepEqual(pick('\ufeff ["a"]\n', "[0]"), { value: "a" });
    assert.deepEqual(pick(DOCUMENT, "empty"), { value: "" });
  });

  it("a number or a boolean is its exact text in the document", () => {
    const document = '{"long": 12345678901234567890, "zero": 1.10, "power": -1E+2, "yes": true, "no": false}';
    const values = { long: "12345678901234567890", zero: "1.10", power: "-1E+2" };
    for (const [path, value] of Object.entries(values)) {
      assert.deepEqual(pick(document, path), { value, kind: "a number" });
    }
    assert.deepEqual(pick(document, "yes"), { value: "true", kind: "a boolean" });
    assert.deepEqual(pick(document, "no"), { value: "false", kind: "a boolean" });
  });

  it("a path that leads to no text names the path and shows nothing of the document", () => {
    const problems: Record<string, RegExp> = {
      Password: /^has nothing at the field `Password`$/,
      "data.none.password": /^has nothing at the field/,
      "password.length": /^has nothing at the field/,
      "items[2]": /^has nothing at the field/,
      "items.length": /^has nothing at the field/,
      'items["0"]': /^has nothing at the field/,
      "data[0]": /^has nothing at the field/,
      toString: /^has nothing at the field/,
      __proto__: /^has nothing at the field/,
      data: /^has an object at the field `data`, not a string$/,
      items: /^has a list at the field `items`, not a string$/,
      nothing: /^has null at the field `nothing`, not a string$/,
    };
    for (const [path, expected] of Object.entries(problems)) {
      const picked = pick(DOCUMENT, path);
      assert.ok("problem" in picked, path);
      assert.match(picked.problem, expected);
      assert.ok(!JSON.stringify(picked).includes("planted"));
    }
  });

  it("a text that is no JSON document has no field", () => {
    const texts = [
      "planted-text",
      "",
      "{planted: 1}",
      '{"a": "planted"',
      '{"a": 1, "a": 2}',
      "[".repeat(200_000),
      "NaN",
    ];
    for (const text of texts) {
      const picked = pick(text, "a");
      assert.ok("problem" in picked);
      assert.match(picked.problem, /^is no JSON document with unique keys, so it has no field `a`$/);
      assert.ok(!JSON.stringify(picked).includes("planted"));
    }
    assert.match(JSON.stringify(pick('"planted"', "a")), /has nothing at/);
    assert.match(JSON.stringify(pick("null", "a")), /has nothing at/);
  });

  it("a path that Pulumi cannot read is a mistake", () => {
    const paths: unknown[] = [
      "",
      ".",
      "a.",
      "a..b",
      "a[",
      "a[]",
      "a[0",
      "a[-1]",
      "a[x]",
      'a["b]',
      'a["b"',
      "a]",
      "a[*]",
      "a[0]b",
      7,
      null,
      ["a"],
    ];
    for (const path of paths)
      assert.match(problemOfField(path) ?? "", /^must be a path in a JSON document/, String(path));
  });
});
