import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { callsOf, recorded, type RecordedRun } from "./support/recorded-run";
import { openScene, token, type Declared, type Scene } from "./support/scene";

/** Every way to clear, each in its own zone, so that the same runs test them all: a run costs seconds. */
const ZONES = Object.fromEntries(
  (["empty", "null"] as const).flatMap((clearing) =>
    (["replace", "merge", "deep-merge"] as const).map((metadata) => [
      `${clearing}-${metadata}`,
      { clearing, metadata },
    ]),
  ),
);

describe("what is taken away", () => {
  const bare: SecretArgs = { entityId: "ent_1", data: token("clearing") };
  const full: Declared = {
    description: { ...bare, description: "For releases", metadata: { team: "release" } },
    metadata: { ...bare, description: "For releases", metadata: { team: "release", tags: { a: 1 } } },
    "one key": { ...bare, metadata: { team: "release", tags: { a: 1, b: 2 } } },
    everything: { ...bare, description: "For releases", metadata: { team: "release" } },
  };
  const less: Declared = {
    description: { ...bare, metadata: { team: "release" } },
    metadata: { ...bare, description: "For releases" },
    "one key": { ...bare, metadata: { tags: { a: 1 } } },
    everything: bare,
  };
  const inZones = (declared: Declared): Declared =>
    Object.fromEntries(
      Object.keys(ZONES).flatMap((zoneId) =>
        Object.entries(declared).map(([name, args]) => [`${zoneId} ${name}`, { ...args, zoneId, name }]),
      ),
    );
  const SAME = { same: Object.keys(ZONES).length * Object.keys(full).length + 1 };

  let scene: Scene;
  let clearing: RecordedRun;
  let refresh: RecordedRun;
  let again: RecordedRun;

  before(async () => {
    scene = await openScene({ zoneSwitches: ZONES });
    scene.declare(inZones(full));
    await scene.stack.up();
    scene.declare(inZones(less));
    clearing = await recorded(scene.keycard, () => scene.stack.up());
    refresh = await recorded(scene.keycard, () => scene.stack.refresh());
    again = await recorded(scene.keycard, () => scene.stack.up());
  });
  after(() => scene.close());

  const content = (zone: string) =>
    Object.fromEntries(
      scene.keycard
        .secrets()
        .filter(({ zone_id }) => zone_id === zone)
        .map(({ name, description, metadata }) => [
          name,
          { ...(description && { description }), ...(metadata && { metadata }) },
        ]),
    );

  for (const [zone, switches] of Object.entries(ZONES)) {
    it(`removed arguments are cleared if "${switches.clearing}" clears and metadata is under "${switches.metadata}"`, () => {
      assert.deepEqual(content(zone), {
        description: { metadata: { team: "release" } },
        metadata: { description: "For releases" },
        "one key": { metadata: { tags: { a: 1 } } },
        everything: {},
      });
      const most = zone === "empty-replace" ? 4 : 8;
      const calls = callsOf(clearing, zone);
      assert.ok(calls.length >= 4 && calls.length <= most, "at most one corrective PATCH each");
      assert.deepEqual([refresh.changes, again.changes], [SAME, SAME]);
      const later = [...refresh.calls, ...again.calls];
      assert.ok(later.every(({ method }) => method === "GET"));
    });
  }
});

describe("what Keycard will not clear", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene({ switches: { clearing: "never" } })));
  afterEach(() => scene.close());

  it("a field that Keycard does not clear is named in the error and recorded in the state", async () => {
    const args: SecretArgs = { entityId: "ent_1", description: "Stays", data: token("never") };
    scene.declare({ stubborn: args });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ stubborn: { ...args, name: "renamed", description: "" } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /Keycard updated the secret sec_1 but did not clear description/);
    assert.deepEqual(
      scene.keycard.calls().map(({ body }) => body),
      [{ name: "renamed", description: "" }, { description: null }],
    );
    const { name, description, version } = await scene.stateOf("stubborn");
    assert.deepEqual(
      [name, description, version],
      ["renamed", "Stays", scene.keycard.secret("sec_1")?.version],
    );

    const preview = await scene.stack.preview();
    assert.deepEqual(preview.changes, { same: 1, update: 1 });
    scene.keycard.switches.clearing = "null";
    await scene.stack.up();
    assert.equal(scene.keycard.secret("sec_1")?.description, undefined);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });
});
