import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

interface Stored {
  deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
}

describe("a state that does not tell the zone of its secret", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("placeless") };
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene();
    scene.declare({ a: args });
    await scene.stack.up();
  });
  afterEach(() => scene.close());

  const forget = (name: string, instead?: unknown) =>
    scene.stack.editState((text) => {
      const state = JSON.parse(text) as Stored;
      for (const { type, outputs } of state.deployment.resources) {
        if (!type.endsWith("keycard:Secret") || !outputs) continue;
        if (instead === undefined) delete outputs[name];
        else outputs[name] = instead;
      }
      return JSON.stringify(state);
    });

  it("a state without a zone sends no request, and the error says how to complete it", async () => {
    scene.keycard.clearLog();
    await forget("zoneId");
    const advice = /Could not (read|delete) the secret sec_1: its zone is not in the state\. Run `pulumi up`/;
    assert.match((await scene.stack.destroyFails()).error, advice);
    assert.match((await scene.stack.refreshFails()).error, advice);
    scene.declare({ a: { ...args, entityId: "ent_2" } });
    assert.match(
      (await scene.stack.previewFails()).error,
      /The state of the secret sec_1 has no `zoneId`.*Then replace it/,
    );
    assert.match((await scene.stack.upFails()).error, /The state of the secret sec_1 has no `zoneId`/);
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("the next `up` completes a state without a zone by a lookup", async () => {
    for (const [name, instead] of [["zoneId"], ["zoneId", 7], ["entityId", ""]] as const) {
      await forget(name, instead);
      scene.keycard.clearLog();
      assert.deepEqual((await scene.stack.up()).changes, { same: 1, update: 1 });
      assert.deepEqual(
        scene.keycard.calls().map(({ method }) => method),
        ["GET"],
      );
      const { zoneId, entityId } = await scene.stateOf("a");
      assert.deepEqual([zoneId, entityId], ["zone_1", "ent_1"]);
    }
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    await scene.stack.destroy();
    assert.deepEqual(scene.keycard.secrets(), []);
  });
});

describe("a secret whose type this release does not know", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("typed") };

  it("a secret of an unknown type does not stop the refresh of others, and is not treated as gone", async () => {
    const scene = await openScene({ config: { "keycard:readValues": "false" } });
    try {
      scene.keycard.put({ id: "sec_theirs", data: { type: "certificate" } });
      scene.declare({ a: args, b: args });
      await scene.stack.up();
      assert.deepEqual((await scene.stack.refresh()).changes, { same: 3 });
      scene.keycard.edit("sec_1", { data: { type: "certificate" } });
      const { error } = await scene.stack.refreshFails();
      assert.match(error, /The secret sec_1 has the type "certificate", which this release does not know/);
      assert.match(await scene.stack.stateText(), /sec_1/);
    } finally {
      await scene.close();
    }
  });
});
