import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import {
  bare,
  create,
  failureOf,
  full,
  keycard,
  nextRun,
  noRetries,
  provider,
  read,
  sent,
  start,
  useProvider,
} from "../support/secret-provider";

/** The state that a create records if its answer was lost and nothing can be looked up. */
async function lost(inputs: SecretInputs, isDone: boolean): Promise<{ id: string; state: SecretState }> {
  noRetries();
  keycard.faults.add({ method: "POST", kind: { drop: isDone ? "after" : "before" } });
  keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
  const { id, properties } = await failureOf(create(inputs));
  keycard.faults.clear();
  assert.match(String(id), /^unconfirmed since /);
  return { id: String(id), state: properties as SecretState };
}

describe("a create that the engine retries in the same run", () => {
  useProvider();
  beforeEach(() => start());

  for (const isDone of [true, false]) {
    const title = isDone ? "was done" : "was not done";

    it(`is finished by another create, without a second secret, if it ${title}`, async () => {
      await lost(full, isDone);
      const { id } = await create(full);
      assert.deepEqual([id, keycard.secrets().length], ["sec_1", 1]);
    });

    it(`never succeeds as an update, and the next run has the one secret, if it ${title}`, async () => {
      const { id, state } = await lost(full, isDone);
      for (let times = 0; times < 3; times++) {
        const error = await failureOf(provider.update(id, sent(state), sent(full)));
        assert.match(
          error.message,
          /Keycard has the secret as sec_1, but Pulumi cannot record .*Run `pulumi up` again/,
        );
        assert.deepEqual([error["id"], (error["properties"] as SecretState).name], [id, full.name]);
      }
      assert.equal(keycard.secrets().length, 1);
      nextRun();
      await provider.diff(id, sent(state), sent(full));
      assert.equal((await create(full)).id, "sec_1");
      await provider.delete(id, sent(state));
      assert.equal(keycard.secrets().length, 1);
    });
  }

  it("stays unconfirmed while Keycard does not answer, or rejects it", async () => {
    const { id, state } = await lost(bare, false);
    for (const kind of [{ drop: "before" }, { status: 403 }] as const) {
      keycard.faults.add({ kind, times: Infinity });
      const error = await failureOf(provider.update(id, sent(state), sent(bare)));
      assert.deepEqual([error["id"], error["properties"]], [id, sent(state)]);
      keycard.faults.clear();
    }
    assert.deepEqual(keycard.secrets(), []);
  });

  it("is no ID that a program can read", async () => {
    const call = provider.read("unconfirmed since 2026-01-01T00:00:00.000Z", sent({ zoneId: "zone_1" }));
    assert.match((await failureOf(call)).message, /There is no secret unconfirmed since/);
    await assert.rejects(read({ zoneId: "zone_1" }));
  });
});
