import assert from "node:assert/strict";
import { mayBeFormOf } from "../../provider/json";

describe("the form in which a service keeps what was sent", () => {
  const FORMS: [string, unknown, unknown][] = [
    ["a text without the space around it", "a", " a "],
    ["nothing, and a text of spaces", undefined, " "],
    ["an object without an empty text", { a: 1 }, { a: 1, b: "" }],
    ["an object without empty members of a member", {}, { a: { b: "", c: { d: [] } } }],
    ["an object with a key of the service", { a: 1, etag: "x" }, { a: 1 }],
  ];
  for (const [what, kept, sent] of FORMS) {
    it(`what a service keeps may be what was sent: ${what}`, () => assert.ok(mayBeFormOf(kept, sent)));
  }

  const OTHERS: [string, unknown, unknown][] = [
    ["another text", "a", "b"],
    ["an object without a member that is not empty", {}, { a: { b: "", c: 0 } }],
    ["a list without an empty text", [], [""]],
  ];
  for (const [what, kept, sent] of OTHERS) {
    it(`what a service keeps cannot be what was sent: ${what}`, () => assert.ok(!mayBeFormOf(kept, sent)));
  }
});
