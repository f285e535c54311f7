import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { type SecretArgs, Secret, fromEnv, generated, initialValue } from "pulumi-keycard";
import { Secret as NativeSecret } from "pulumi-keycard/native";
import type { ResourceKind } from "../support/resource-kinds";
import { recorded } from "./support/recorded-run";
import { type Scene, TYPE_OF, openScene, token } from "./support/scene";
import { VARIABLE } from "./support/sources";

const SECRETS: Record<string, SecretArgs> = {
  inline: { entityId: "ent_1", description: "inline", metadata: { team: "release" }, data: token("inline") },
  reference: { entityId: "ent_2", data: { type: "token", token: fromEnv(VARIABLE) } },
};

/** Values that only Keycard has. */
const UNSTORED: Record<string, SecretArgs> = {
  generated: { entityId: "ent_1", data: { type: "token", token: generated({ length: 32 }) } },
  initial: {
    entityId: "ent_2",
    data: { type: "password", username: "app", password: initialValue("first") },
  },
};

class Team extends pulumi.ComponentResource {
  constructor(name: string, resource: ResourceKind) {
    super("test:index:Team", name);
    declareThrough(resource, "inside", { entityId: "ent_3", data: token("inside") }, { parent: this });
  }
}

function declareThrough(
  resource: ResourceKind,
  name: string,
  args: SecretArgs,
  opts: pulumi.CustomResourceOptions = {},
): pulumi.CustomResource {
  const alias = { type: TYPE_OF[resource === "native" ? "dynamic" : "native"] };
  const aliased = { ...opts, aliases: [alias] };
  return resource === "native" ? new NativeSecret(name, args, aliased) : new Secret(name, args, aliased);
}

describe("an alias", () => {
  let scene: Scene;
  before(async () => (scene = await openScene({ config: { "keycard-secrets:zoneId": "zone_1" } })));
  after(async () => {
    delete process.env[VARIABLE];
    await scene.close();
  });

  const declare = (resource: ResourceKind, changes: Partial<SecretArgs> = {}) =>
    (scene.stack.program = () => {
      const all = { ...SECRETS, ...UNSTORED };
      for (const [name, args] of Object.entries(all)) declareThrough(resource, name, { ...args, ...changes });
      new Team("team", resource);
      return Promise.resolve();
    });

  it("an alias moves secrets to the plugin without a request and without a replacement", async () => {
    process.env[VARIABLE] = "planted-by-reference";
    declare("dynamic");
    await scene.stack.up();
    declare("native");
    const moved = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([moved.changes, moved.calls], [{ same: 7 }, []]);
    const types = (await scene.stack.exportState()).resources.map(({ type }) => type);
    assert.equal(types.filter((type) => type === TYPE_OF.native).length, 5);
  });

  it("nothing of the dynamic resource is left in the state after the first change", async () => {
    declare("native", { description: "changed" });
    const { steps } = await scene.stack.up();
    const changed = steps.filter(({ op }) => op === "update");
    assert.deepEqual(
      changed.map(({ changed }) => changed),
      Array(4).fill(["description"]),
    );
    await scene.stack.refresh();
    assert.equal(scene.keycard.secrets().length, 5);
  });

  it("on the way back, the plugin forgets the secrets, and the dynamic resource adopts them", async () => {
    const ids = Object.fromEntries(
      await Promise.all(
        ["inline", "reference"].map(async (name) => [name, await scene.idOf(name, "native")]),
      ),
    ) as Record<string, string>;
    const changed = { description: "changed" };
    scene.stack.program = () => {
      for (const [name, args] of Object.entries(SECRETS)) {
        new NativeSecret(name, { ...args, ...changed }, { retainOnDelete: true });
      }
      return Promise.resolve();
    };
    await scene.stack.up();
    scene.stack.program = () => {
      for (const [name, args] of Object.entries(SECRETS)) {
        new Secret(name, { ...args, ...changed, adoptId: ids[name] ?? "" });
      }
      return Promise.resolve();
    };
    const back = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([...new Set(back.calls.map(({ method }) => method))], ["GET"]);
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
    await scene.stack.destroy();
    assert.equal(scene.keycard.secrets().length, 0);
  });
});
