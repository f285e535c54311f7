import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { isAtLeast } from "../engine/engine";
import { findEngine } from "../engine/find-engine";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, SECRET_OF, openScene, token } from "./support/scene";

const LIMITS = { "keycard:attemptTimeoutSeconds": "1", "keycard:totalTimeoutSeconds": "3" };

for (const resource of RESOURCES) {
  describe(`a lost create that an \`onError\` hook asks to try again, with ${NAME_OF[resource]},`, () => {
    let scene: Scene;
    beforeEach(async () => (scene = await openScene({ resource, config: LIMITS })));
    afterEach(() => scene.close());

    it("leaves one secret, and never an ID that is none in a run that succeeds", async () => {
      scene.keycard.faults.add({ method: "POST", kind: { drop: "after" } });
      scene.keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
      let tries = 0;
      scene.stack.program = () => {
        const again = new pulumi.ErrorHook("again", () => {
          scene.keycard.faults.clear();
          return ++tries < 3;
        });
        new SECRET_OF[resource](
          "lost",
          { zoneId: "zone_1", entityId: "ent_1", data: token("lost") },
          { hooks: { onError: [again] } },
        );
        return Promise.resolve();
      };
      // Only a create can set the ID in the state. 3.274 calls an update instead.
      const { version } = await findEngine(() => undefined);
      if (isAtLeast(version, [3, 274])) {
        const { error } = await scene.stack.upFails();
        assert.match(
          error,
          /Keycard has the secret as sec_1, but Pulumi cannot record its ID.*Run `pulumi up` again/,
        );
        assert.match(await scene.idOf("lost"), /^unconfirmed since /);
      }
      await scene.stack.up();
      assert.deepEqual([await scene.idOf("lost"), scene.keycard.secrets().length], ["sec_1", 1]);
      assert.ok(tries > 0);
      assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    });
  });
}
