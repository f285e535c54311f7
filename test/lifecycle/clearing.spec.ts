import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import type { Switches } from "../emulator";
import { openScene, token, type Declared, type Scene } from "./support/scene";

const CLEARING = ["empty", "null"] as const;
const METADATA = ["replace", "merge", "deep-merge"] as const;

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
  let scene: Scene;

  before(async () => {
    scene = await openScene();
    scene.declare(full);
    await scene.stack.up();
  });
  after(() => scene.close());

  const content = () =>
    Object.fromEntries(
      scene.keycard
        .secrets()
        .map(({ name, description, metadata }) => [
          name,
          { ...(description && { description }), ...(metadata && { metadata }) },
        ]),
    );

  for (const clearing of CLEARING) {
    for (const metadata of METADATA) {
      it(`is cleared where "${clearing}" clears and metadata is under "${metadata}"`, async () => {
        Object.assign(scene.keycard.switches, { clearing, metadata } satisfies Partial<Switches>);
        scene.declare(full);
        await scene.stack.up();
        scene.keycard.clearLog();
        scene.declare(less);
        await scene.stack.up();
        assert.deepEqual(content(), {
          description: { metadata: { team: "release" } },
          metadata: { description: "For releases" },
          "one key": { metadata: { tags: { a: 1 } } },
          everything: {},
        });
        const most = clearing === "empty" && metadata === "replace" ? 4 : 8;
        assert.ok(scene.keycard.calls().length <= most, "at most one corrective PATCH each");

        scene.keycard.clearLog();
        assert.deepEqual((await scene.stack.refresh()).changes, { same: 5 });
        assert.deepEqual((await scene.stack.up()).changes, { same: 5 });
        assert.ok(scene.keycard.calls().every(({ method }) => method === "GET"));
      });
    }
  }
});

describe("what Keycard will not clear", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene({ switches: { clearing: "never" } })));
  afterEach(() => scene.close());

  it("is named in the error and true in the state", async () => {
    const args: SecretArgs = { entityId: "ent_1", description: "Stays", data: token("never") };
    scene.declare({ stubborn: args });
    await scene.stack.up();
    scene.keycard.clearLog();
    scene.declare({ stubborn: { ...args, name: "renamed", description: "" } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /Keycard updated the secret sec_1 but kept description/);
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
