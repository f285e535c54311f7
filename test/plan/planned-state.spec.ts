import assert from "node:assert/strict";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import type { SecretInputs } from "../../provider/secret/fields";
import { type SecretState, plannedState } from "../../provider/secret/state";

describe("what a preview shows of the state to come", () => {
  const news: SecretInputs = {
    zoneId: "z1",
    entityId: "e1",
    name: "github",
    data: { type: "token", token: "t" },
  };
  const computed = { version: UNKNOWN_VALUE, createdAt: UNKNOWN_VALUE, updatedAt: UNKNOWN_VALUE };

  it("is the arguments, and unknown for what Keycard computes", () => {
    assert.deepEqual(plannedState(news), { ...news, type: "token", ...computed });
  });

  it("keeps when the secret was created over an update", () => {
    const olds = { ...news, createdAt: "2026-01-01T00:00:00.000Z" } as SecretState;
    assert.deepEqual(plannedState(news, olds), {
      ...news,
      type: "token",
      ...computed,
      createdAt: "2026-01-01T00:00:00.000Z",
    });
  });

  it("has no type while the data is unknown", () => {
    const unknown = { ...news, data: UNKNOWN_VALUE as unknown as SecretInputs["data"] };
    assert.equal(plannedState(unknown).type, UNKNOWN_VALUE);
  });
});
