import assert from "node:assert/strict";
import sinon from "sinon";
import { sameJson, withoutNulls } from "../../provider/json";
import { applyPatch } from "../../provider/keycard/patch";
import type { SecretPatch } from "../../provider/keycard/wire";
import { type Keycard, type Switches, DEFAULT_SWITCHES, startKeycard } from "../emulator";
import { clientOf, errorOf } from "./support";

const METADATA = { team: "a", owner: { unit: 1, desk: { floor: 2, room: 3 } }, stage: "p" };

/** A PATCH, and what the secret has to be afterwards. */
interface Wish {
  patch: SecretPatch;
  name?: string;
  description?: string;
  metadata?: Record<string, unknown>;
}

const DESK_ONLY = { ...METADATA, owner: { unit: 1, desk: { floor: 2 } } };
const WISHES: Record<string, Wish> = {
  "the description": { patch: { description: "" }, metadata: METADATA },
  "all metadata": { patch: { metadata: {} }, description: "old" },
  "description and metadata": { patch: { description: "", metadata: {} } },
  "one key": { patch: { metadata: { team: "a" } }, description: "old", metadata: { team: "a" } },
  "a nested key": { patch: { metadata: DESK_ONLY }, description: "old", metadata: DESK_ONLY },
  "all nested keys": {
    patch: { metadata: { ...METADATA, owner: {} } },
    description: "old",
    metadata: { ...METADATA, owner: {} },
  },
  "the description and a key": {
    patch: { description: "", metadata: { team: "b" } },
    metadata: { team: "b" },
  },
  "the description beside a new name": {
    patch: { name: "new", description: "" },
    name: "new",
    metadata: METADATA,
  },
  "nothing, but change": {
    patch: { description: "new", metadata: { ...METADATA, team: "b" } },
    description: "new",
    metadata: { ...METADATA, team: "b" },
  },
};

const CLEARING: Switches["clearing"][] = ["empty", "null", "null-ignoring-empty", "never"];
const MERGING: Switches["metadata"][] = ["replace", "merge", "deep-merge"];
const SHOWN: Switches["clearedAs"][] = ["absent", "null", "empty"];

describe("applyPatch", () => {
  let keycard: Keycard;
  before(async () => (keycard = await startKeycard()));
  beforeEach(() => sinon.stub(Math, "random").returns(0));
  afterEach(() => {
    sinon.restore();
    keycard.faults.clear();
    Object.assign(keycard.switches, DEFAULT_SWITCHES);
  });
  after(() => keycard.close());

  async function apply(switches: Partial<Switches>, patch: SecretPatch) {
    Object.assign(keycard.switches, switches);
    const { id } = keycard.put({ zone_id: "z1", name: "n", description: "old", metadata: METADATA });
    keycard.clearLog();
    const result = await applyPatch(clientOf(keycard), "z1", id, patch);
    const { name, description, metadata, version } = keycard.secret(id) ?? assert.fail();
    assert.equal(result.secret.version, version);
    const held = {
      name,
      ...(description !== undefined && { description }),
      ...(metadata !== undefined && { metadata }),
    };
    return { ...result, held, bodies: keycard.requests.map(({ status, body }) => [status, body]) };
  }

  for (const clearing of CLEARING) {
    for (const metadata of MERGING) {
      describe(`where ${clearing} clears and metadata is ${metadata}d`, () => {
        for (const [what, { patch, name = "n", ...wish }] of Object.entries(WISHES)) {
          it(`removes ${what}, or tells what Keycard kept`, async () => {
            for (const clearedAs of SHOWN) {
              const { held, kept, secret, bodies } = await apply({ clearing, metadata, clearedAs }, patch);
              const accepted = bodies.filter(([status]) => status === 200);
              const stuck = keptBy(clearing, metadata, patch);
              assert.deepEqual(kept, stuck);
              // A member that is null is treated as absent.
              if (stuck.length === 0)
                assert.ok(sameJson({ metadata: {}, ...held }, { metadata: {}, name, ...wish }));
              assert.deepEqual(
                { name: secret.name, description: secret.description, metadata: secret.metadata },
                { description: undefined, ...held, metadata: presentIn(held.metadata) },
              );
              // A rejected PATCH changes nothing, so only the accepted ones increment the version.
              assert.ok(accepted.length <= 2 && bodies.length <= accepted.length + 1, JSON.stringify(bodies));
              assert.equal(bodies.at(-1)?.[0], 200);
            }
          });
        }
      });
    }
  }

  /** Undefined if no member of the metadata is present. */
  function presentIn(metadata: Record<string, unknown> | undefined) {
    const present = withoutNulls(metadata ?? {});
    return Object.keys(present).length > 0 ? present : undefined;
  }

  /** The fields that stay uncleared if the service does not clear them in either of two requests. */
  function keptBy(
    clearing: Switches["clearing"],
    metadata: Switches["metadata"],
    patch: SecretPatch,
  ): string[] {
    const clearsAll = patch.metadata && Object.keys(patch.metadata).length === 0;
    const keys = Object.keys(METADATA).map((key) => `metadata.${key}`);
    const never = clearing === "never";
    const description = never && patch.description === "" ? ["description"] : [];
    return [...description, ...(clearsAll && never ? keys : [])];
  }

  it("sends one request if Keycard clears as asked", async () => {
    const patch = { description: "", metadata: {} };
    const { bodies } = await apply({ clearing: "empty", metadata: "replace" }, patch);
    assert.deepEqual(bodies, [[200, patch]]);
  });

  it("sends null if Keycard rejects an empty value", async () => {
    const { bodies } = await apply(
      { clearing: "null", metadata: "replace" },
      { name: "new", description: "", metadata: {} },
    );
    assert.deepEqual(bodies, [
      [400, { name: "new", description: "", metadata: {} }],
      [200, { name: "new", description: null, metadata: null }],
    ]);
  });

  it("sends null if Keycard rejects a value that it makes empty", async () => {
    const patch = { description: " ", metadata: { team: "", tags: [] } };
    const { bodies } = await apply(
      { clearing: "null", metadata: "replace", texts: "trimmed", metadataValues: "without-empty" },
      patch,
    );
    assert.deepEqual(bodies, [
      [400, patch],
      [200, { description: null, metadata: null }],
    ]);
  });

  it("sends null for the part alone that Keycard makes empty", async () => {
    const patch = { description: "new", metadata: { team: "" } };
    const { bodies } = await apply({ clearing: "null", metadataValues: "without-empty" }, patch);
    assert.deepEqual(bodies, [
      [400, patch],
      [200, { description: "new", metadata: null }],
    ]);
  });

  it("sends null if Keycard ignores an empty value", async () => {
    const { bodies } = await apply(
      { clearing: "null-ignoring-empty", metadata: "replace" },
      { description: "", metadata: {} },
    );
    assert.deepEqual(bodies, [
      [200, { description: "", metadata: {} }],
      [200, { description: null, metadata: null }],
    ]);
  });

  it("sends null if Keycard ignores only an empty object", async () => {
    const { bodies, held } = await apply(
      { clearing: "null-ignoring-empty", metadata: "replace" },
      { metadata: {} },
    );
    assert.deepEqual(bodies, [
      [200, { metadata: {} }],
      [200, { metadata: null }],
    ]);
    assert.equal(held.metadata, undefined);
  });

  it("removes each key if Keycard merges an empty object and rejects null", async () => {
    const { bodies, held } = await apply({ clearing: "empty", metadata: "merge" }, { metadata: {} });
    assert.deepEqual(bodies, [
      [200, { metadata: {} }],
      [400, { metadata: null }],
      [200, { metadata: { team: null, owner: null, stage: null } }],
    ]);
    assert.equal(held.metadata, undefined);
  });

  it("removes each key without trying null if Keycard has cleared the description", async () => {
    const patch = { description: "", metadata: {} };
    const { bodies, held } = await apply({ clearing: "empty", metadata: "merge" }, patch);
    assert.deepEqual(bodies, [
      [200, patch],
      [200, { metadata: { team: null, owner: null, stage: null } }],
    ]);
    assert.equal(held.metadata, undefined);
  });

  it("removes each key if Keycard rejects an empty object and ignores null", async () => {
    keycard.faults.add({ kind: { status: 422 } });
    const { bodies, held } = await apply({ clearing: "never", metadata: "merge" }, { metadata: {} });
    assert.deepEqual(bodies, [
      [422, { metadata: {} }],
      [200, { metadata: null }],
      [200, { metadata: { team: null, owner: null, stage: null } }],
    ]);
    assert.equal(held.metadata, undefined);
  });

  it("removes merged keys one by one, and no other keys", async () => {
    const { bodies } = await apply(
      { clearing: "empty", metadata: "deep-merge" },
      { metadata: { team: "b", owner: { unit: 1, desk: { room: 3 } } } },
    );
    assert.deepEqual(bodies[1], [
      200,
      { metadata: { team: "b", owner: { unit: 1, desk: { room: 3, floor: null } }, stage: null } },
    ]);
  });

  it("removes a merged key that objects also inherit", async () => {
    const { id } = keycard.put({ metadata: { toString: "x", team: "a" } });
    Object.assign(keycard.switches, { clearing: "empty", metadata: "merge" });
    const { kept } = await applyPatch(clientOf(keycard), "zone_1", id, { metadata: { team: "a" } });
    assert.deepEqual([kept, keycard.secret(id)?.metadata], [[], { team: "a" }]);
  });

  it("sends the value once, even with a corrective PATCH", async () => {
    const data = { type: "token", token: "t" } as const;
    const { bodies } = await apply({ clearing: "null-ignoring-empty" }, { description: "", data });
    assert.deepEqual(bodies, [
      [200, { description: "", data }],
      [200, { description: null }],
    ]);
  });

  it("returns the version of the sent value, not that of a corrective PATCH", async () => {
    const data = { type: "token", token: "t" } as const;
    const corrected = await apply({ clearing: "null-ignoring-empty" }, { description: "", data });
    assert.deepEqual([corrected.dataVersion, corrected.secret.version], [2, 3]);
    const direct = await apply({ clearing: "empty" }, { description: "", data });
    assert.deepEqual([direct.dataVersion, direct.secret.version], [2, 2]);
    const without = await apply({ clearing: "empty" }, { description: "" });
    assert.ok(!("dataVersion" in without));
  });

  it("throws a rejection that has another reason", async () => {
    Object.assign(keycard.switches, { clearing: "empty" });
    const { id } = keycard.put({ zone_id: "z1" });
    keycard.clearLog();
    for (const status of [400, 403, 409, 422]) {
      keycard.faults.add({ kind: { status } });
      const error = await errorOf(applyPatch(clientOf(keycard), "z1", id, { description: "new" }));
      assert.equal(error.keycard.status, status);
    }
    keycard.faults.add({ kind: { status: 403 } });
    await errorOf(applyPatch(clientOf(keycard), "z1", id, { description: "" }));
    assert.equal(keycard.requests.length, 5);
  });

  it("throws if Keycard rejects both forms of the PATCH", async () => {
    const { id } = keycard.put({ zone_id: "z1", description: "old" });
    keycard.clearLog();
    keycard.faults.add({ kind: { status: 422 }, times: 2 });
    await errorOf(applyPatch(clientOf(keycard), "z1", id, { name: "bad", description: "" }));
    assert.equal(keycard.requests.length, 2);
    assert.equal(keycard.secret(id)?.description, "old");
  });

  it("tells why the corrective PATCH failed, and what Keycard kept", async () => {
    keycard.faults.add({ kind: { status: 409, body: { message: "locked" } }, after: 1 });
    const { kept, cause, secret, held } = await apply(
      { clearing: "empty", metadata: "merge" },
      { name: "new", metadata: { team: "a" } },
    );
    assert.deepEqual(kept, ["metadata.owner", "metadata.stage"]);
    assert.match(cause ?? "", /^Could not update the secret: PATCH .* answered 409, saying "locked"/);
    assert.equal(keycard.requests.length, 2);
    assert.equal(secret.name, "new");
    assert.deepEqual(held, { name: "new", description: "old", metadata: METADATA });
  });

  it("sends the removal of keys once if Keycard rejects its content", async () => {
    keycard.faults.add({ kind: { status: 400 }, after: 1 });
    const { kept, bodies } = await apply(
      { clearing: "empty", metadata: "merge" },
      { metadata: { team: "a", stage: "p" } },
    );
    assert.deepEqual(kept, ["metadata.owner"]);
    assert.deepEqual(
      bodies.map(([status]) => status),
      [200, 400],
    );
  });

  it("reads the secret if the answers to the corrective PATCH were lost", async () => {
    const { id } = keycard.put({ zone_id: "z1", description: "old" });
    keycard.switches.clearing = "null-ignoring-empty";
    keycard.clearLog();
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" }, after: 1, times: Infinity });
    const client = clientOf(keycard, { limits: { attemptMs: 500, totalMs: 1_000 } });
    const { kept, cause, secret } = await applyPatch(client, "z1", id, { description: "" });
    assert.deepEqual([kept, cause, secret.description], [[], undefined, undefined]);
    assert.deepEqual(keycard.calls().at(-1), { method: "GET", path: `/zones/z1/secrets/${id}` });
  });

  it("uses the first answer if the secret cannot be read after a lost correction", async () => {
    const { id } = keycard.put({ zone_id: "z1", description: "old" });
    Object.assign(keycard.switches, { clearing: "null-ignoring-empty", readValues: "forbidden" });
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" }, after: 1, times: Infinity });
    const client = clientOf(keycard, { limits: { attemptMs: 500, totalMs: 1_000 } });
    const { kept, cause, secret } = await applyPatch(client, "z1", id, { description: "" });
    assert.deepEqual([kept, secret.description], [["description"], "old"]);
    assert.match(cause ?? "", /got no answer from .*: ECONNRESET/);
  });
});
