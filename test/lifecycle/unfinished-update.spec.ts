import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, openScene, token } from "./support/scene";

const PATCH = { method: "PATCH", path: "/zones/zone_1/secrets/sec_1" };

/** A read of a secret that has not changed leaves the inputs to the engine, which has those from before the update. */
for (const resource of RESOURCES) {
  describe(`an update that failed after Keycard had stored a part, through ${NAME_OF[resource]},`, () => {
    const first: SecretArgs = {
      entityId: "ent_1",
      name: "deploy",
      description: "First",
      data: token("first"),
    };
    const wanted: SecretArgs = { entityId: "ent_1", name: "renamed", data: token("first") };
    let scene: Scene;

    beforeEach(async () => {
      // The refresh then finds the secret as the state has it.
      scene = await openScene({ resource, switches: { version: "data-only" } });
      scene.declare({ deploy: first });
      await scene.stack.up();
      scene.keycard.switches.clearing = "never";
      scene.declare({ deploy: wanted });
      await scene.stack.upFails();
      scene.keycard.switches.clearing = "empty";
      scene.keycard.clearLog();
    });
    afterEach(() => scene.close());

    async function isShown(changed: string[]): Promise<void> {
      const { steps } = await scene.stack.preview();
      assert.deepEqual(
        steps.map(({ op, changed }) => [op, changed]),
        [["update", changed]],
      );
    }

    /** Runs `pulumi up`, which sends this and nothing else, and completes the update. */
    async function isSent(body: object): Promise<void> {
      await scene.stack.up();
      const writes = scene.keycard.calls().filter(({ method }) => method !== "GET");
      assert.deepEqual(writes, [{ ...PATCH, body }]);
      assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    }

    /** Makes the state one that was written before updates that failed left a mark in it. */
    async function forgetMark(): Promise<void> {
      const before = await scene.stack.stateText();
      await scene.stack.editState((text) =>
        text.replace(/,\s*"__isUnfinished": true|"__isUnfinished": true,/, ""),
      );
      const after = await scene.stack.stateText();
      assert.deepEqual([before.includes("__isUnfinished"), after.includes("__isUnfinished")], [true, false]);
    }

    for (const refreshes of [1, 2]) {
      it(`the rest is shown and sent after ${refreshes} refreshes`, async () => {
        for (let count = 0; count < refreshes; count++) await scene.stack.refresh();
        assert.ok(!(await scene.stack.stateText()).includes("__isUnfinished"));
        await isShown(["description"]);
        await isSent({ description: "" });
      });
    }

    it("what was stored is shown and taken back after a refresh, if the program is as before", async () => {
      await scene.stack.refresh();
      scene.declare({ deploy: first });
      await isShown(["name"]);
      await isSent({ name: "deploy" });
    });

    for (const [what, declared, body] of [
      ["the rest", wanted, { description: "" }],
      ["a program as before", first, { name: "deploy" }],
    ] as const) {
      it(`${what} is sent after a refresh of a state from an earlier release`, async () => {
        await forgetMark();
        await scene.stack.refresh();
        scene.declare({ deploy: declared });
        assert.deepEqual((await scene.stack.preview()).changes, { same: 1, update: 1 });
        await isSent(body);
      });
    }
  });
}
