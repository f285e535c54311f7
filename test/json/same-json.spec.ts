import assert from "node:assert/strict";
import fc from "fast-check";
import { sameJson, withoutNulls } from "../../provider/json";

/** A key that only `JSON.parse` makes an object's own. */
const withProto = (value: unknown) => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`) as object;

describe("values compared as JSON", () => {
  const SAME: [string, unknown, unknown][] = [
    ["zero of either sign", 0, -0],
    ["zero of either sign in an object in an array", { a: [{ b: -0 }] }, { a: [{ b: 0 }] }],
    ["an order of keys", { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }],
    ["a member that is null, and one that is missing", { a: 1, b: null }, { a: 1 }],
    ["a nested member that is null, and one that is missing", { a: { b: null } }, { a: {} }],
    ["a member that is undefined, and one that is null", { a: undefined }, { a: null }],
    ["a null in an object in an array, and none", [{ a: null }], [{}]],
    ["nothing, null and undefined", null, undefined],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ];
  for (const [what, one, other] of SAME) {
    it(`two values are the same for ${what}`, () => {
      assert.deepEqual([sameJson(one, other), sameJson(other, one)], [true, true]);
    });
  }

  const OTHER: [string, unknown, unknown][] = [
    ["a null in an array, and none", [null], []],
    ["a null in an array, and an empty object", [null], [{}]],
    ["an array, and an object with its keys", ["a"], { 0: "a" }],
    ["an empty array, and an empty object", [], {}],
    ["a number, and its text", 1, "1"],
    ["an empty text, and nothing", { a: "" }, {}],
    ["an empty object, and nothing", { a: {} }, {}],
    ["false, and nothing", { a: false }, {}],
    ["a key that every object inherits", { toString: "x" }, {}],
    ["an inherited key, and another one", { toString: "x" }, { valueOf: "x" }],
    ["a prototype's key", withProto({ a: 1 }), withProto({ a: 2 })],
    ["a prototype's key, and nothing", withProto({}), {}],
    ["two forms of one letter", "é", "e\u0301"],
    ["texts that differ in white space", "a", "a "],
  ];
  for (const [what, one, other] of OTHER) {
    it(`two values differ for ${what}`, () => {
      assert.deepEqual([sameJson(one, other), sameJson(other, one)], [false, false]);
    });
  }

  it("values are the same after JSON serialization, and without their nulls", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        assert.ok(sameJson(value, JSON.parse(JSON.stringify(value))));
        assert.ok(sameJson(value, withoutNulls(value)));
      }),
    );
  });
});

describe("a value without its nulls", () => {
  it("keys that are null are removed at any depth of objects", () => {
    assert.deepEqual(withoutNulls({ a: null, b: { c: null, d: { e: null } }, f: 1 }), { b: { d: {} }, f: 1 });
  });

  it("arrays stay as they are", () => {
    const value = { tags: [null, { a: null }] };
    assert.deepEqual(withoutNulls(value), value);
  });

  it("keys that objects also inherit are kept", () => {
    const value = JSON.parse('{"__proto__": {"a": 1, "b": null}, "toString": "x"}') as object;
    assert.equal(JSON.stringify(withoutNulls(value)), '{"__proto__":{"a":1},"toString":"x"}');
  });

  it("a value without nulls is returned itself", () => {
    const value = { a: { b: [null] } };
    assert.equal(withoutNulls(value), value);
  });
});
