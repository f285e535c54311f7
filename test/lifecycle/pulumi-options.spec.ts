import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

describe("the Pulumi option", () => {
  const args: SecretArgs = { entityId: "ent_1", description: "planted nowhere", data: token("option") };
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  const declare = (opts: pulumi.CustomResourceOptions, more: Partial<SecretArgs> = {}) => {
    scene.stack.program = () => Promise.resolve(void new Secret("github", { ...args, ...more }, opts));
  };
  const takeMethods = () => {
    const methods = scene.keycard.requests.map(({ method }) => method);
    scene.keycard.clearLog();
    return methods.filter((method) => method !== "GET");
  };

  it("`protect` keeps a secret that the program no longer declares", async () => {
    declare({ protect: true });
    await scene.stack.up();
    scene.declare({});
    assert.match((await scene.stack.upFails()).error, /cannot be deleted\s+because it is protected/);
    assert.equal(scene.keycard.secrets().length, 1);
  });

  it("`replaceOnChanges` replaces, and `deleteBeforeReplace` deletes the old secret first", async () => {
    declare({});
    await scene.stack.up();
    assert.deepEqual(takeMethods(), ["POST"]);
    declare({ replaceOnChanges: ["description"] }, { description: "other" });
    await scene.stack.up();
    assert.deepEqual(takeMethods(), ["POST", "DELETE"]);
    declare({ replaceOnChanges: ["description"], deleteBeforeReplace: true }, { description: "third" });
    await scene.stack.up();
    assert.deepEqual(takeMethods(), ["DELETE", "POST"]);
  });

  it("``additionalSecretOutputs` encrypts an output in addition to `data``", async () => {
    declare({ additionalSecretOutputs: ["description"] });
    await scene.stack.up();
    const [secret] = (await scene.stack.exportState()).resources.filter(({ urn }) =>
      urn.endsWith("::github"),
    );
    assert.deepEqual(secret?.additionalSecretOutputs, ["description", "data"]);
    const { description } = secret.outputs ?? {};
    assert.deepEqual(Object.keys(description as object).includes("plaintext"), true);
  });

  it("`customTimeouts` has no effect", async () => {
    scene.keycard.faults.add({ method: "POST", kind: { delayMs: 2500 } });
    declare({ customTimeouts: { create: "1s" } });
    await scene.stack.up();
    assert.deepEqual(takeMethods(), ["POST"]);
  });
});
