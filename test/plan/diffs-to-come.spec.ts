import assert from "node:assert/strict";
import { ExpectedCalls } from "../../provider/engine/dynamic";

describe("the resource that a diff is about", () => {
  let diffs: ExpectedCalls<string>;
  beforeEach(() => (diffs = new ExpectedCalls()));

  it("is recognized by its arguments, in whatever order the engine passes their keys", () => {
    diffs.add({ name: "a", metadata: { team: "x", tags: { b: 1, a: [1, 2] } } }, "first");
    diffs.add({ name: "a", metadata: { team: "x", tags: { b: 1, a: [2, 1] } } }, "second");
    const news = { metadata: { tags: { a: [2, 1], b: 1 }, team: "x" }, name: "a" };
    assert.equal(diffs.take(news)?.of, "second");
    assert.equal(diffs.take({ ...news, metadata: { tags: { a: [1, 2], b: 1 }, team: "x" } })?.of, "first");
  });

  it("is not told by anything that is not an argument", () => {
    diffs.add({ name: "a", __provider: "one" }, "first");
    assert.equal(diffs.take({ name: "a", __provider: "two" })?.of, "first");
  });

  it("is told apart by null, which is not an empty object", () => {
    diffs.add({ name: "a", metadata: { team: [null] } }, "first");
    assert.equal(diffs.take({ name: "a", metadata: { team: [{}] } }), undefined);
    assert.equal(diffs.take({ name: "a", metadata: { team: [null] } })?.of, "first");
  });

  it("is asked for once", () => {
    diffs.add({ name: "a" }, "first");
    assert.deepEqual([diffs.take({ name: "a" })?.of, diffs.take({ name: "a" })], ["first", undefined]);
    diffs.add({ name: "a" }, "again");
    assert.equal(diffs.take({ name: "a" })?.of, "again");
  });

  it("is unclear among several that have the same arguments", () => {
    for (const name of ["first", "second", "third"]) diffs.add({ name: "a" }, name);
    const taken = [1, 2, 3, 4].map(() => diffs.take({ name: "a" }));
    assert.deepEqual(
      taken.map((expected) => expected && [expected.of, expected.isUnclear]),
      [["first", true], ["second", true], ["third", true], undefined],
    );
  });
});
