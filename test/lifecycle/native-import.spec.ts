import assert from "node:assert/strict";
import { Secret, type SecretArgs } from "pulumi-keycard/native";
import { recorded } from "./support/recorded-run";
import { openScene, PLANTED, token, type Scene } from "./support/scene";

describe("an import through the plugin", () => {
  const args: SecretArgs = { zoneId: "zone_2", entityId: "ent_1", name: "Theirs", data: token("theirs") };
  let scene: Scene;
  let id: string;

  beforeEach(async () => {
    scene = await openScene({ door: "native" });
    scene.stack.program = () => {
      new Secret("theirs", args, { retainOnDelete: true });
      return Promise.resolve();
    };
    await scene.stack.up();
    id = await scene.idOf("theirs");
    await scene.stack.destroy();
  });
  afterEach(() => scene.close());

  const declare = (option?: string) =>
    (scene.stack.program = () => {
      new Secret("mine", args, option === undefined ? {} : { import: option });
      return Promise.resolve();
    });

  it("by the option reads the secret once, and changes nothing then or later", async () => {
    declare(`zone_2/${id}`);
    const preview = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual(
      preview.steps.map(({ op }) => op),
      ["import"],
    );
    const up = await recorded(scene.keycard, () => scene.stack.up());
    const path = `/zones/zone_2/secrets/${id}`;
    assert.deepEqual(up.calls, [{ method: "GET", path }]);
    const again = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([again.changes, again.calls], [{ same: 2 }, []]);
    declare();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("by the command needs no value, and prints none", async () => {
    const type = "keycard-secrets:index:Secret";
    const run = await scene.stack.cli([
      "import",
      type,
      "mine",
      `zone_2/${id}`,
      "--yes",
      "--skip-preview",
      "--generate-code=false",
      "--protect=false",
    ]);
    assert.ok(!run.failed, run.stdout + run.stderr);
    assert.doesNotMatch(run.stdout + run.stderr, new RegExp(`${PLANTED}|failed to validate`));
    const { inputs = {} } = (await scene.stack.exportState()).resources.at(-1) ?? {};
    assert.deepEqual(Object.keys(inputs).sort(), ["entityId", "name", "zoneId"]);
    declare();
    const up = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual([up.changes, up.calls], [{ same: 2 }, []]);
  });

  it("of a secret that is not there says so", async () => {
    declare("zone_2/sec_404");
    assert.match((await scene.stack.previewFails()).error, /no secret sec_404 in zone zone_2/i);
  });
});
