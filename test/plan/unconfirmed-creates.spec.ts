import assert from "node:assert/strict";
import { isUnconfirmedId, sinceOf, unconfirmedId } from "../../provider/plan/unconfirmed-creates";

describe("the id of an unconfirmed create", () => {
  const since = Date.parse("2026-01-02T03:04:05.678Z");

  it("the id of an unconfirmed create contains the time of its beginning", () => {
    const id = unconfirmedId(since);
    assert.equal(id, "unconfirmed since 2026-01-02T03:04:05.678Z");
    assert.equal(isUnconfirmedId(id), true);
    assert.equal(sinceOf(id), since);
  });

  it("the id of an unconfirmed create can contain an unknown time", () => {
    assert.equal(isUnconfirmedId(unconfirmedId(undefined)), true);
    assert.ok(Number.isNaN(sinceOf(unconfirmedId(undefined))));
  });

  it("the id of an unconfirmed create of release 0.1 is still recognized", () => {
    assert.equal(isUnconfirmedId("unknown since 2026-01-02T03:04:05.678Z"), true);
    assert.equal(sinceOf("unknown since 2026-01-02T03:04:05.678Z"), since);
    assert.ok(Number.isNaN(sinceOf("unknown since ?")));
  });

  it("an id of Keycard is not one of an unconfirmed create", () => {
    for (const id of ["", "sec_1", "since", "unconfirmed"]) assert.equal(isUnconfirmedId(id), false);
  });
});
