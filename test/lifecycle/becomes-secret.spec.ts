import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard/native";
import { recorded } from "./support/recorded-run";
import { openScene, token, type Scene } from "./support/scene";

describe("through the plugin, a part that becomes secret", () => {
  let scene: Scene;
  beforeEach(async () => (scene = await openScene({ resource: "native" })));
  afterEach(() => scene.close());

  const up = (args: Partial<SecretArgs>) => {
    scene.stack.program = () =>
      Promise.resolve(void new Secret("a", { entityId: "ent_1", data: token("a"), ...args }));
    return recorded(scene.keycard, () => scene.stack.up());
  };
  const texts = async () => (await scene.stack.exportState()).text;

  it("is encrypted in the state, without a request, at any depth and in lists", async () => {
    const plain = (mark: (text: string) => pulumi.Input<string>): Partial<SecretArgs> => ({
      description: mark("described-4711"),
      metadata: {
        account: mark("account-4711"),
        team: "release",
        deep: { list: ["a", mark("listed-4711")] },
      },
    });
    await up(plain((text) => text));
    assert.match(await texts(), /account-4711/);
    const marked = await up(plain(pulumi.secret));
    assert.deepEqual([marked.changes["update"], marked.calls], [1, []]);
    const [step] = marked.steps;
    assert.deepEqual(Object.keys(step?.detail ?? {}).sort(), [
      "description",
      "metadata.account",
      "metadata.deep.list",
    ]);
    assert.ok(!(await texts()).includes("4711"), "the state shows a secret part");
    assert.match(await texts(), /release/);
    const again = await up(plain(pulumi.secret));
    assert.deepEqual([again.changes, again.calls], [{ same: 2 }, []]);
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
  });

  it("is no change if Keycard did not keep it", async () => {
    await up({ description: pulumi.secret(""), metadata: { gone: pulumi.secret("kept-4711") } });
    const { changes } = await up({
      description: pulumi.secret(""),
      metadata: { gone: pulumi.secret("kept-4711") },
    });
    assert.deepEqual(changes, { same: 2 });
  });
});
