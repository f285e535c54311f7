import assert from "node:assert/strict";
import { type SecretArgs, fromEnv, generated, initialValue } from "pulumi-keycard";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Declared, type Scene, PLANTED, openScene, token } from "./support/scene";

const bare: SecretArgs = { entityId: "ent_1", data: token("inline") };
const full: SecretArgs = {
  ...bare,
  description: " For  releases ",
  metadata: { team: " a ", tags: ["x", null], gone: null, owner: { unit: 1 } },
  maxAgeDays: 90,
};
const SECRETS: Declared = {
  bare,
  full,
  " Normalised ": { ...full, name: " Normalised " },
  password: { ...bare, data: { type: "password", username: "app", password: `${PLANTED}password` } },
  referenced: { ...bare, data: { type: "token", token: fromEnv("REFERENCED") } },
  made: { ...bare, data: { type: "token", token: generated({ length: 32 }) } },
  given: { ...bare, data: { type: "token", token: initialValue(`${PLANTED}given`) } },
};

for (const resource of RESOURCES) {
  describe(`a refresh that finds no change, through ${NAME_OF[resource]},`, () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await openScene({
        resource,
        env: { REFERENCED: `${PLANTED}referenced` },
        switches: { texts: "trimmed", metadataValues: "trimmed", ownMetadata: "always" },
      });
    });
    afterEach(() => scene.close());

    /** What the state has of each secret, decrypted. */
    const stored = async () => {
      const { resources } = await scene.stack.exportState();
      const secrets = resources.filter(({ id }) => id?.startsWith("sec_"));
      return Object.fromEntries(
        secrets.map(({ urn, id, inputs, outputs }) => [urn, { id, inputs, outputs }]),
      );
    };

    it("leaves inputs and outputs in the state as they are", async () => {
      scene.declare(SECRETS);
      await scene.stack.up();
      const declared = await stored();
      assert.equal(Object.keys(declared).length, Object.keys(SECRETS).length);
      for (let run = 0; run < 2; run++) {
        const { changes } = await scene.stack.refresh();
        assert.deepEqual(Object.keys(changes), ["same"]);
        assert.deepEqual(await stored(), declared);
      }
      assert.deepEqual(Object.keys((await scene.stack.up()).changes), ["same"]);
      assert.deepEqual(await stored(), declared);
    });

    it("lets the program ignore an argument that Keycard keeps in another form", async () => {
      const options = { ignoreChanges: ["name", "description", "metadata"] };
      const args = { ...full, name: " Normalised " };
      scene.declare({ a: args }, options);
      await scene.stack.up();
      await scene.stack.refresh();
      scene.keycard.clearLog();
      scene.declare({ a: { ...args, description: "Other" } }, options);
      assert.deepEqual(Object.keys((await scene.stack.up()).changes), ["same"]);
      assert.deepEqual(scene.keycard.calls(), []);
    });
  });
}
