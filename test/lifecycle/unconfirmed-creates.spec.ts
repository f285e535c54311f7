import assert from "node:assert/strict";
import type { SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

describe("a network that fails after a POST was done", () => {
  const args: SecretArgs = { entityId: "ent_1", name: "deploy", data: token("deploy") };
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene({
      config: { "keycard:attemptTimeoutSeconds": "1", "keycard:totalTimeoutSeconds": "3" },
    });
    scene.declare({ deploy: args });
    scene.keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    scene.keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
    const { error } = await scene.stack.upFails();
    assert.match(error, /Could not confirm whether the secret was created: GET .* Run `pulumi up` again/);
    assert.match(await scene.idOf("deploy"), /^unconfirmed since \d{4}-/);
    scene.keycard.faults.clear();
    scene.keycard.clearLog();
  });
  afterEach(() => scene.close());

  const ids = () => scene.keycard.secrets().map(({ id }) => id);

  it("an unconfirmed create leaves no duplicate after the next up", async () => {
    const preview = await scene.stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op }) => op),
      ["create-replacement", "replace", "delete-replaced"],
    );
    assert.deepEqual(scene.keycard.calls(), []);
    await scene.stack.up();
    assert.deepEqual([ids(), await scene.idOf("deploy")], [["sec_1"], "sec_1"]);
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("an unconfirmed create leaves no duplicate if the declaration has changed since", async () => {
    scene.declare({ deploy: { ...args, description: "Later" } });
    await scene.stack.up();
    assert.deepEqual([ids(), await scene.idOf("deploy")], [["sec_2"], "sec_2"]);
  });

  it("an unconfirmed create leaves nothing behind if the declaration is removed", async () => {
    scene.declare({});
    await scene.stack.up();
    assert.deepEqual(ids(), []);
  });

  it("a refresh finds the secret of an unconfirmed create", async () => {
    await scene.stack.refresh();
    assert.equal(await scene.idOf("deploy"), "sec_1");
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual([ids(), scene.keycard.calls()], [["sec_1"], []]);
  });

  it("the next up creates the secret if the search finds none", async () => {
    scene.keycard.remove("sec_1");
    const { stdout } = await scene.stack.up();
    assert.deepEqual([ids(), await scene.idOf("deploy")], [["sec_2"], "sec_2"]);
    assert.match(stdout, /Looking for up to 30 s for the secret "deploy" of entity ent_1/);
  });

  it("adopting one of several candidates deletes no other", async () => {
    const { data, ...other } = scene.keycard.secrets()[0] ?? assert.fail();
    scene.keycard.put({ ...other, data, id: "theirs" });
    assert.match((await scene.stack.upFails()).error, /2 secrets that may be this one: sec_1, theirs/);
    scene.declare({ deploy: { ...args, adoptId: "sec_1" } });
    await scene.stack.up();
    assert.deepEqual([ids(), await scene.idOf("deploy")], [["sec_1", "theirs"], "sec_1"]);
  });
});

describe("a half-done update", () => {
  const first: SecretArgs = { entityId: "ent_1", name: "deploy", description: "First", data: token("first") };
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene({
      config: { "keycard:attemptTimeoutSeconds": "1", "keycard:totalTimeoutSeconds": "2" },
    });
    scene.declare({ deploy: first });
    await scene.stack.up();
    scene.keycard.clearLog();
  });
  afterEach(() => scene.close());

  it("an update that Keycard did not clear is recorded, and the rest is shown", async () => {
    scene.keycard.switches.clearing = "never";
    scene.declare({ deploy: { entityId: "ent_1", name: "renamed", data: token("first") } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /did not clear description/);
    const state = await scene.stateOf("deploy");
    assert.deepEqual([state["name"], state["description"], state["version"]], ["renamed", "First", 3]);
    const preview = await scene.stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op, changed }) => [op, changed]),
      // The engine compares with the inputs from before the failure, but only the rest is sent.
      [["update", ["description", "name"]]],
    );
    scene.keycard.switches.clearing = "empty";
    scene.keycard.clearLog();
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [
      { method: "PATCH", path: "/zones/zone_1/secrets/sec_1", body: { description: "" } },
    ]);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("an update whose answers were all lost is resolved by a read", async () => {
    scene.keycard.faults.add({ method: "PATCH", kind: { drop: "after" }, times: Infinity });
    scene.declare({ deploy: { ...first, description: "Second" } });
    await scene.stack.up();
    assert.equal((await scene.stateOf("deploy"))["description"], "Second");
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("an update whose answer was lost before Keycard rejected a retry is resolved by a read", async () => {
    scene.keycard.faults.add({ method: "PATCH", kind: { drop: "after" } });
    scene.keycard.faults.add({ method: "PATCH", kind: { status: 403 }, times: Infinity });
    scene.declare({ deploy: { ...first, description: "Second" } });
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.requests.map(({ method, status }) => [method, status]),
      [
        ["PATCH", "dropped"],
        ["PATCH", 403],
        ["GET", 200],
      ],
    );
    assert.equal((await scene.stateOf("deploy"))["description"], "Second");
  });

  it("an update with an unknown result is read by the next up", async () => {
    scene.keycard.faults.add({ method: "PATCH", kind: { drop: "after" } });
    scene.keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
    scene.declare({ deploy: { ...first, description: "Second" } });
    await scene.stack.upFails();
    scene.keycard.faults.clear();
    // Back to the arguments in the state, although Keycard has others.
    scene.declare({ deploy: first });
    scene.keycard.clearLog();
    await scene.stack.up();
    assert.equal(scene.keycard.secret("sec_1")?.description, "First");
    assert.deepEqual(
      scene.keycard.calls().map(({ method, body }) => [method, body]),
      [
        ["GET", undefined],
        ["PATCH", { description: "First" }],
      ],
    );
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });
});
