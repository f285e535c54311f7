import assert from "node:assert/strict";
import sinon from "sinon";
import { decodeState, warningOfAge, type SecretState } from "../../provider/secret/state";

const state = (props: Partial<SecretState>) => decodeState(props as SecretState);
const CREATED = "2026-01-01T00:00:00.000Z";

describe("the age of a value", () => {
  afterEach(() => sinon.restore());

  it("the age counts from the last change of the value, not of other fields", () => {
    sinon.useFakeTimers(Date.parse("2026-04-08T12:00:00Z"));
    const patched = state({ updatedAt: "2026-04-08T00:00:00.000Z", __valueChangedAt: CREATED });
    assert.equal(
      warningOfAge(patched, 90, "github"),
      "The value of github is 97 days old (maxAgeDays: 90). Set a new value, or raise `maxAgeDays`.",
    );
    assert.equal(warningOfAge(state({ updatedAt: patched.updatedAt }), 90, "github"), undefined);
  });

  it("the value is too old only after the last day", () => {
    const clock = sinon.useFakeTimers(Date.parse("2026-04-01T00:00:00Z"));
    const old = state({ updatedAt: CREATED });
    assert.equal(warningOfAge(old, 90, "github"), undefined);
    clock.tick(1);
    assert.match(warningOfAge(old, 90, "github") ?? "", /is 90 days old/);
    assert.match(warningOfAge(old, 0.5, "github") ?? "", /\(maxAgeDays: 0\.5\)/);
  });

  it("the age is not checked without maxAgeDays or without a known time", () => {
    const old = state({ updatedAt: CREATED });
    assert.equal(warningOfAge(old, undefined, "github"), undefined);
    // Like the state after an update whose outcome is unknown.
    for (const unknown of [state({ updatedAt: "unknown" }), state({})]) {
      assert.equal(unknown.valueChangedAt, undefined);
      assert.equal(warningOfAge(unknown, 1, "github"), undefined);
    }
  });
});
