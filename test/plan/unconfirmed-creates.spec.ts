import assert from "node:assert/strict";
import { isUnconfirmedId, sinceOf, unconfirmedId } from "../../provider/plan/unconfirmed-creates";

describe("the id of an unconfirmed create", () => {
  const since = Date.parse("2026-01-02T03:04:05.678Z");

  it("keeps when the create began", () => {
    const id = unconfirmedId(since);
    assert.equal(id, "unconfirmed since 2026-01-02T03:04:05.678Z");
    assert.equal(isUnconfirmedId(id), true);
    assert.equal(sinceOf(id), since);
  });

  it("keeps that the time is not known", () => {
    assert.equal(isUnconfirmedId(unconfirmedId(undefined)), true);
    assert.ok(Number.isNaN(sinceOf(unconfirmedId(undefined))));
  });

  it("is still understood as release 0.1 wrote it", () => {
    assert.equal(isUnconfirmedId("unknown since 2026-01-02T03:04:05.678Z"), true);
    assert.equal(sinceOf("unknown since 2026-01-02T03:04:05.678Z"), since);
    assert.ok(Number.isNaN(sinceOf("unknown since ?")));
  });

  it("is no id of Keycard's", () => {
    for (const id of ["", "sec_1", "since", "unconfirmed"]) assert.equal(isUnconfirmedId(id), false);
  });
});
