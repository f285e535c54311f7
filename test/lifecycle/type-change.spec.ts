import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";

describe("a change of the type that Keycard refuses", () => {
  const first: SecretArgs = { entityId: "ent_1", name: "deploy", data: token("first") };
  const data = { type: "password", username: "app", password: "planted-second" } as const;
  let scene: Scene;

  before(async () => {
    scene = await openScene({ switches: { typeChange: "refused" } });
    scene.declare({ deploy: first });
    await scene.stack.up();
  });
  after(() => scene.close());

  it("a rejected change of the type is an error that says how to replace the secret", async () => {
    scene.declare({ deploy: { ...first, data } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /answered 400, saying "data\.type cannot be changed".*`pulumi up --replace URN`/);
    assert.deepEqual((await scene.stateOf("deploy"))["data"], first.data);
  });

  it("the command in the error changes the type", async () => {
    const { stdout } = await scene.stack.cli(["stack", "--show-urns"]);
    const [urn = ""] = /urn:\S+::deploy$/m.exec(stdout) ?? [];
    scene.keycard.clearLog();
    await scene.stack.up({ replace: [urn] });
    const writes = scene.keycard.calls().filter(({ method }) => method !== "GET");
    assert.deepEqual(writes, [
      { method: "POST", path: PATH, body: { name: "deploy", entity_id: "ent_1", data } },
      { method: "DELETE", path: `${PATH}/sec_1` },
    ]);
    assert.deepEqual((await scene.stateOf("deploy"))["data"], data);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("another rejection is not blamed on the type", async () => {
    scene.keycard.faults.add({ method: "PATCH", kind: { status: 400 } });
    scene.declare({ deploy: { ...first, name: "sign", data } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /answered 400, .*Fix the argument that its message names\./);
  });
});
