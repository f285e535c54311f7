import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";

describe("a changed secret", () => {
  const first: SecretArgs = {
    entityId: "ent_1",
    name: "GitHub token",
    description: "For releases",
    metadata: { team: "release", tags: ["a", "b"] },
    data: token("first"),
  };
  let scene: Scene;

  before(async () => {
    scene = await openScene();
    scene.declare({ github: first });
    await scene.stack.up();
  });
  after(() => scene.close());

  /** Goes from the first arguments to others; what the preview lists and what Keycard receives is compared whole. */
  async function change(args: Partial<SecretArgs>, changed: string[], body: object) {
    scene.declare({ github: first });
    await scene.stack.up();
    const version = scene.keycard.secret("sec_1")?.version ?? 0;
    scene.declare({ github: { ...first, ...args } });
    scene.keycard.clearLog();

    const preview = await scene.stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op, changed }) => [op, changed]),
      [["update", changed]],
    );
    assert.deepEqual(scene.keycard.calls(), []);

    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [{ method: "PATCH", path: `${PATH}/sec_1`, body }]);
    assert.equal((await scene.stateOf("github"))["version"], version + 1);

    scene.keycard.clearLog();
    const again = await scene.stack.up();
    assert.deepEqual(again.changes, { same: 2 });
    assert.deepEqual([scene.keycard.calls(), scene.keycard.tokenRequests], [[], []]);
  }

  it("was created with one POST and one token", async () => {
    const { data, ...wire } = scene.keycard.requests[0]?.body as Record<string, unknown>;
    assert.deepEqual(wire, {
      name: "GitHub token",
      entity_id: "ent_1",
      description: "For releases",
      metadata: { team: "release", tags: ["a", "b"] },
    });
    assert.deepEqual(data, first.data);
    assert.equal(scene.keycard.requests.length, 1);
    assert.equal(scene.keycard.tokenRequests.length, 1);
    const state = await scene.stateOf("github");
    const stored = scene.keycard.secret("sec_1");
    assert.deepEqual(state, {
      ...first,
      zoneId: "zone_1",
      type: "token",
      version: 1,
      createdAt: stored?.created_at,
      updatedAt: stored?.updated_at,
    });
  });

  it("sends the name alone when nothing else changed", () =>
    change({ name: "GitHub" }, ["name"], { name: "GitHub" }));

  it("sends the description alone when nothing else changed", () =>
    change({ description: "For nightly builds" }, ["description"], { description: "For nightly builds" }));

  it("sends the metadata alone when nothing else changed", () =>
    change({ metadata: { team: "release", tags: ["b"] } }, ["metadata"], {
      metadata: { team: "release", tags: ["b"] },
    }));

  it("sends the data alone when nothing else changed", () =>
    change({ data: token("second") }, ["data"], { data: token("second") }));

  it("sends name and description when both changed", () =>
    change({ name: "GitHub", description: "Nightly" }, ["description", "name"], {
      name: "GitHub",
      description: "Nightly",
    }));

  it("sends metadata and data when both changed, type included", () => {
    const data = { type: "password", username: "app", password: "planted-third" } as const;
    return change({ metadata: { team: "build" }, data }, ["data", "metadata"], {
      metadata: { team: "build" },
      data,
    });
  });

  it("is none when only the order of keys differs", async () => {
    scene.declare({ github: first });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ github: { ...first, metadata: { tags: ["a", "b"], team: "release" } } });
    const { changes } = await scene.stack.up();
    assert.deepEqual([changes, scene.keycard.calls(), scene.keycard.tokenRequests], [{ same: 2 }, [], []]);
  });
});

describe("empty optional arguments", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  it("mean the same as absent ones", async () => {
    const bare: SecretArgs = { entityId: "ent_1", data: token("bare") };
    scene.declare({ bare });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ bare: { ...bare, description: "", metadata: {} } });
    const { changes } = await scene.stack.up();
    assert.deepEqual([changes, scene.keycard.calls()], [{ same: 2 }, []]);
  });
});
