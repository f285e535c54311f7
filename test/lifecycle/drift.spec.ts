import assert from "node:assert/strict";
import { Secret, type SecretArgs } from "pulumi-keycard";
import type { SecretEdit } from "../emulator";
import { openScene, token, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";

describe("drift", () => {
  const args: SecretArgs = {
    entityId: "ent_1",
    name: "GitHub token",
    description: "For releases",
    metadata: { team: "release" },
    data: token("declared"),
  };
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene();
    scene.declare({ github: args });
    await scene.stack.up();
    scene.keycard.clearLog();
  });
  afterEach(() => scene.close());

  /** Somebody else changes the secret; the refresh shows it and the next `up` takes it back. */
  async function heals(edit: SecretEdit, changed: string, body: object) {
    scene.keycard.edit("sec_1", edit);

    const refresh = await scene.stack.refresh();
    const [step] = refresh.steps;
    assert.ok(step?.op === "update" && step.whileRefreshing, "the refresh shows a change");
    assert.deepEqual(
      step.changed.filter((name) => !["version", "updatedAt", "type"].includes(name)),
      [changed],
    );
    assert.deepEqual(scene.keycard.calls(), [{ method: "GET", path: `${PATH}/sec_1` }]);

    scene.keycard.clearLog();
    const preview = await scene.stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op, changed }) => [op, changed]),
      [["update", [changed]]],
    );
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [{ method: "PATCH", path: `${PATH}/sec_1`, body }]);

    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  }

  it("of the name shows and is healed", () => heals({ name: "Renamed" }, "name", { name: args.name }));

  it("of the description shows and is healed", () =>
    heals({ description: undefined }, "description", { description: args.description }));

  it("of the metadata shows and is healed", () =>
    heals({ metadata: { team: "release", rogue: true } }, "metadata", { metadata: args.metadata }));

  it("of the value shows and is healed", () => heals({ data: token("stolen") }, "data", { data: args.data }));

  it("of the type shows and is healed", () =>
    heals({ data: { type: "password", username: "app", password: "planted-x" } }, "data", {
      data: args.data,
    }));

  it("that the program ignores is left alone", async () => {
    scene.stack.program = () => {
      new Secret("github", args, { ignoreChanges: ["description"] });
      return Promise.resolve();
    };
    scene.keycard.edit("sec_1", { description: "Theirs" });
    await scene.stack.refresh();
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("of a deleted secret is healed by another", async () => {
    scene.keycard.remove("sec_1");
    const refresh = await scene.stack.refresh();
    assert.deepEqual(
      refresh.steps.map(({ op }) => op),
      ["delete"],
    );
    await scene.stack.up();
    assert.equal(await scene.idOf("github"), "sec_2");
    assert.deepEqual(
      scene.keycard.secrets().map(({ id }) => id),
      ["sec_2"],
    );
  });

  for (const status of [403, 404, 501]) {
    it(`is not concluded from a page with status ${status}`, async () => {
      const body = "<html>a gateway</html>";
      const kind = { status, when: "before", body, headers: { "content-type": "text/html" } } as const;
      scene.keycard.faults.add({ method: "GET", times: Infinity, kind });
      const { error } = await scene.stack.refreshFails();
      assert.match(error, new RegExp(`GET ${PATH}/sec_1 answered ${status}`));
      scene.keycard.faults.clear();
      assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    });
  }

  it("is not concluded from a 404 to the request for a token", async () => {
    scene.keycard.faults.add({ path: /token$/, times: Infinity, kind: { status: 404 } });
    for (const run of ["refreshFails", "destroyFails"] as const) {
      const { error } = await scene.stack[run]();
      assert.match(
        error,
        /POST \/service-account-token answered 404.*The endpoint is probably not the address/,
      );
    }
    scene.keycard.faults.clear();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });
});
