import assert from "node:assert/strict";
import { getSecret, getSecretValue, Secret, type SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";
const list = { method: "GET", path: PATH };
const patch = (body: object) => ({ method: "PATCH", path: `${PATH}/sec_1`, body });

describe("with keycard-secrets:readValues at false", () => {
  const args: SecretArgs = { entityId: "ent_1", description: "As declared", data: token("declared") };
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene({ config: { "keycard-secrets:readValues": "false" } });
    // These credentials may not read values: every attempt is rejected.
    scene.keycard.switches.readValues = "forbidden";
    scene.declare({ deploy: args });
    await scene.stack.up();
    scene.keycard.clearLog();
  });
  afterEach(() => scene.close());

  it("a refresh without reading values finds no change with one listing", async () => {
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), [list]);
  });

  it("a higher version shows as drift of data, which the next up sends again", async () => {
    scene.keycard.edit("sec_1", { data: token("stolen") });
    const [step] = (await scene.stack.refresh()).steps;
    assert.ok(step?.op === "update" && step.whileRefreshing);
    assert.deepEqual(
      step.changed.filter((name) => !["version", "updatedAt"].includes(name)),
      ["data"],
    );
    assert.deepEqual((await scene.stateOf("deploy"))["data"], {
      type: "token",
      token: { unreadVersion: 2 },
    });

    const preview = await scene.stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op, changed }) => [op, changed]),
      [["update", ["data"]]],
    );
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [list, patch({ data: args.data })]);
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("data that the program ignores is left alone", async () => {
    scene.stack.program = () => {
      new Secret("deploy", args, { ignoreChanges: ["data"] });
      return Promise.resolve();
    };
    scene.keycard.edit("sec_1", { data: token("theirs"), description: "Theirs" });
    await scene.stack.refresh();
    scene.keycard.clearLog();
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [patch({ description: "As declared" })]);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("lookups return what listings have, and no value", async () => {
    let found: unknown;
    scene.stack.program = async () => {
      const shared = Secret.get("shared", "sec_1");
      found = await getSecret({ id: "sec_1" });
      return { version: shared.version };
    };
    const { outputs } = await scene.stack.up();
    assert.equal(outputs["version"], 1);
    assert.equal((found as { name: string }).name, "deploy");
    scene.stack.program = () => getSecretValue({ id: "sec_1" }).then(() => undefined);
    const { error } = await scene.stack.upFails();
    assert.match(
      error,
      /Could not read the secret sec_1: keycard-secrets:readValues is false, so values must not be read/,
    );
  });
});
