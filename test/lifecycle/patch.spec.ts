import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import type { StoredSecret } from "../emulator";
import { callsOf, recorded, stepsOf, type RecordedRun } from "./support/recorded-run";
import { openScene, token, type Declared, type Scene } from "./support/scene";

const first: SecretArgs = {
  entityId: "ent_1",
  name: "GitHub token",
  description: "For releases",
  metadata: { team: "release", tags: ["a", "b"] },
  data: token("first"),
};
const bare: SecretArgs = { entityId: "ent_1", data: token("bare") };

/** The changed arguments by zone, which are also the body of the expected PATCH. */
const CHANGES: Record<string, Partial<SecretArgs>> = {
  name: { name: "GitHub" },
  description: { description: "For nightly builds" },
  metadata: { metadata: { team: "release", tags: ["b"] } },
  data: { data: token("second") },
  both: { name: "GitHub", description: "Nightly" },
  type: {
    metadata: { team: "build" },
    data: { type: "password", username: "app", password: "planted-third" },
  },
};
const ZONES = [...Object.keys(CHANGES), "order", "bare"];

/** Each secret has its own zone, so that the same runs change them all: a run costs seconds. */
function inZones(argsOf: (zone: string) => SecretArgs): Declared {
  return Object.fromEntries(ZONES.map((zoneId) => [zoneId, { ...argsOf(zoneId), zoneId }]));
}

describe("a changed secret", () => {
  let scene: Scene;
  let creation: RecordedRun;
  let preview: RecordedRun;
  let up: RecordedRun;
  let again: RecordedRun;
  let created: StoredSecret[];
  let createdState: Record<string, unknown>;
  const only = (secrets: StoredSecret[], zone: string) => {
    const [secret, ...others] = secrets.filter(({ zone_id }) => zone_id === zone);
    assert.ok(secret && others.length === 0);
    return secret;
  };

  before(async () => {
    scene = await openScene();
    scene.declare(inZones((zone) => (zone === "bare" ? bare : first)));
    creation = await recorded(scene.keycard, () => scene.stack.up());
    created = scene.keycard.secrets();
    createdState = await scene.stateOf("name");

    scene.declare(inZones((zone) => (zone === "bare" ? bare : { ...first, ...CHANGES[zone] })));
    preview = await recorded(scene.keycard, () => scene.stack.preview());
    up = await recorded(scene.keycard, () => scene.stack.up());

    // The same content, written in another way.
    const reordered = { ...first, metadata: { tags: ["a", "b"], team: "release" } };
    const emptied = { ...bare, description: "", metadata: {} };
    const others: Declared = { order: reordered, bare: emptied };
    scene.declare(inZones((zone) => others[zone] ?? { ...first, ...CHANGES[zone] }));
    again = await recorded(scene.keycard, () => scene.stack.up());
  });
  after(() => scene.close());

  it("a create sends one listing and one POST, and requests one token", () => {
    assert.deepEqual(callsOf(creation, "name"), [
      { method: "GET", path: "/zones/name/secrets" },
      {
        method: "POST",
        path: "/zones/name/secrets",
        body: {
          name: "GitHub token",
          entity_id: "ent_1",
          description: "For releases",
          metadata: { team: "release", tags: ["a", "b"] },
          data: first.data,
        },
      },
    ]);
    assert.equal(creation.calls.length, 2 * ZONES.length);
    assert.equal(creation.tokenRequests, 1);
    const stored = only(created, "name");
    assert.deepEqual(createdState, {
      ...first,
      zoneId: "name",
      type: "token",
      version: 1,
      createdAt: stored.created_at,
      updatedAt: stored.updated_at,
    });
  });

  /** Compares everything that the preview lists and Keycard receives. */
  async function isPatched(zone: string, changed: string[]): Promise<void> {
    const { id, version } = only(created, zone);
    assert.deepEqual(
      stepsOf(preview, zone).map(({ op, changed }) => [op, changed]),
      [["update", changed]],
    );
    assert.deepEqual(preview.calls, []);
    assert.deepEqual(callsOf(up, zone), [
      { method: "PATCH", path: `/zones/${zone}/secrets/${id}`, body: CHANGES[zone] },
    ]);
    assert.equal(up.calls.length, Object.keys(CHANGES).length);
    assert.equal((await scene.stateOf(zone))["version"], version + 1);
    assertNothingMore();
  }

  function assertNothingMore(): void {
    assert.deepEqual([again.changes, again.calls, again.tokenRequests], [{ same: ZONES.length + 1 }, [], 0]);
  }

  it("a changed name sends only the name", () => isPatched("name", ["name"]));

  it("a changed description sends only the description", () => isPatched("description", ["description"]));

  it("changed metadata sends only the metadata", () => isPatched("metadata", ["metadata"]));

  it("changed data sends only the data", () => isPatched("data", ["data"]));

  it("a changed name and description are sent together", () => isPatched("both", ["description", "name"]));

  it("changed metadata and data are sent together, including the type", () =>
    isPatched("type", ["data", "metadata"]));

  it("another order of keys is no change", () => {
    assert.deepEqual(callsOf(up, "order"), []);
    assertNothingMore();
  });

  it("empty optional arguments instead of absent ones are no change", () => {
    assert.deepEqual(callsOf(up, "bare"), []);
    assertNothingMore();
  });
});
