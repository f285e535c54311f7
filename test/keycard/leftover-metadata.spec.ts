import assert from "node:assert/strict";
import { applyPatch } from "../../provider/keycard/patch";
import type { SecretPatch } from "../../provider/keycard/wire";
import { type Keycard, type Switches, startKeycard } from "../emulator";
import { clientOf } from "./support";

type Metadata = Record<string, unknown>;

describe("metadata that a PATCH leaves over", () => {
  let keycard: Keycard;
  beforeEach(async () => (keycard = await startKeycard({ switches: { metadata: "deep-merge" } })));
  afterEach(() => keycard.close());

  /** Patches a secret with `stored` metadata, and returns the metadata of each request body. */
  async function apply(
    stored: Metadata,
    metadata: Metadata,
    before: Parameters<typeof applyPatch>[4],
    switches: Partial<Switches> = {},
  ) {
    const { id } = keycard.put({ metadata: stored });
    Object.assign(keycard.switches, switches);
    const { kept, secret, cause } = await applyPatch(clientOf(keycard), "zone_1", id, { metadata }, before);
    assert.equal(cause, undefined);
    const sent = keycard.calls().map(({ body }) => (body as SecretPatch).metadata);
    return { kept, sent, shown: secret.metadata, stored: keycard.secret(id)?.metadata };
  }

  it("a key that the service adds in its answer is left alone", async () => {
    const before = { metadata: { team: "a" } };
    const { kept, sent } = await apply(before.metadata, { team: "b" }, before, { ownMetadata: "on-update" });
    assert.deepEqual([kept, sent], [[], [{ team: "b" }]]);
  });

  it("only the declared key is removed from an object to which the service adds another", async () => {
    const before = { metadata: { owner: { unit: 1 } } };
    const wanted = { owner: { desk: 2 } };
    const { kept, sent } = await apply(before.metadata, wanted, before, { ownMetadata: "on-update" });
    assert.deepEqual(sent, [wanted, { owner: { desk: 2, unit: null } }]);
    assert.deepEqual(kept, []);
  });

  it("a key that the service adds to a new object is left alone", async () => {
    const before = { metadata: { team: "a" } };
    const wanted = { team: "a", owner: { desk: 2 } };
    const { kept, sent, stored } = await apply(before.metadata, wanted, before, { ownMetadata: "on-update" });
    assert.deepEqual([kept, sent], [[], [wanted]]);
    assert.deepEqual(stored, { team: "a", owner: { desk: 2, stampedBy: "update" }, source: "api" });
  });

  it("a key that the service adds again is not reported, because the program never sent it", async () => {
    const stored = { team: "a", source: "api" };
    const before = { metadata: stored, sent: { team: "a" } };
    const { kept, sent, shown } = await apply(stored, { stage: "p" }, before, { ownMetadata: "always" });
    assert.deepEqual(sent, [{ stage: "p" }, { stage: "p", team: null, source: null }]);
    assert.deepEqual([kept, shown], [[], { stage: "p", source: "api" }]);
  });

  it("a key that stays is reported if it is not known what was sent", async () => {
    const stored = { team: "a", source: "api" };
    const before = { metadata: stored, sent: undefined };
    const { kept } = await apply(stored, { team: "a" }, before, { ownMetadata: "always" });
    assert.deepEqual(kept, ["metadata.source"]);
  });

  it("a nested key is removed under the declared names, although the service has folded them", async () => {
    const stored = { owner: { unit: 1, desk: 2 } };
    const { kept, sent } = await apply(
      stored,
      { Owner: { Unit: 1 } },
      {},
      { metadataValues: "lower-case-keys" },
    );
    assert.deepEqual(sent, [{ Owner: { Unit: 1 } }, { Owner: { Unit: 1, desk: null } }]);
    assert.deepEqual(kept, []);
  });

  it("a key that differs from a declared object only in letter case is removed", async () => {
    const stored = { Owner: "x", owner: { unit: 1 } };
    const { kept, sent } = await apply(stored, { owner: { unit: 1 } }, {});
    assert.deepEqual(sent, [{ owner: { unit: 1 } }, { owner: { unit: 1 }, Owner: null }]);
    assert.deepEqual(kept, []);
  });

  for (const [what, wanted, shown] of [
    ["an object in place of a text", { team: "b" }, { team: { unit: 1 } }],
    ["a text in place of an object", { team: { unit: 1 } }, { team: "b" }],
  ] as const) {
    it(`nothing is removed if the service shows ${what}`, async () => {
      const body = { ...keycard.put({ metadata: shown }), type: "token" };
      keycard.faults.add({ method: "PATCH", kind: { status: 200, body } });
      const { kept, sent } = await apply({}, wanted, {});
      assert.deepEqual([kept, sent], [[], [wanted]]);
    });
  }

  it("the value is not read after a lost correction if it is not ours to know", async () => {
    const { id } = keycard.put({ metadata: { team: "a", stage: "p" } });
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" }, after: 1, times: Infinity });
    const client = clientOf(keycard, { limits: { attemptMs: 500, totalMs: 600 } });
    const patch = { metadata: { team: "a" } };
    const { kept, cause } = await applyPatch(client, "zone_1", id, patch, { withoutValue: true });
    assert.deepEqual(kept, ["metadata.stage"]);
    assert.match(cause ?? "", /got no answer from .*: ECONNRESET/);
    assert.ok(keycard.calls().every(({ method }) => method === "PATCH"));
  });
});
