import assert from "node:assert/strict";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

const PATH = "/zones/zone_1/secrets";

describe("an adopted secret", () => {
  const args: SecretArgs = {
    entityId: "ent_1",
    name: "GitHub token",
    description: "For releases",
    metadata: { team: "release" },
    data: token("adopted"),
  };
  let scene: Scene;
  let id: string;

  beforeEach(async () => {
    scene = await openScene();
    ({ id } = scene.keycard.put({
      name: "GitHub token",
      description: "For releases",
      metadata: { team: "release" },
      data: token("adopted"),
      version: 7,
    }));
  });
  afterEach(() => scene.close());

  it("is read, and left as it is where nothing differs", async () => {
    scene.declare({ github: { ...args, adoptId: id } });
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [{ method: "GET", path: `${PATH}/${id}` }]);
    assert.equal(await scene.idOf("github"), id);
    assert.equal((await scene.stateOf("github"))["version"], 7);

    scene.keycard.clearLog();
    scene.declare({ github: { ...args, adoptId: "sec_another" } });
    assert.deepEqual((await scene.stack.preview()).changes, { same: 2 });
    scene.declare({ github: args });
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("is patched in what differs alone, and tells its true version", async () => {
    const declared = withoutDescription(args);
    scene.declare({ github: { ...declared, metadata: { team: "build" }, adoptId: id } });
    await scene.stack.up();
    assert.deepEqual(scene.keycard.calls(), [
      { method: "GET", path: `${PATH}/${id}` },
      { method: "PATCH", path: `${PATH}/${id}`, body: { description: "", metadata: { team: "build" } } },
    ]);
    assert.equal((await scene.stateOf("github"))["version"], 8);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
  });

  it("stays with the stack where Keycard keeps a field that was to be cleared", async () => {
    scene.keycard.switches.clearing = "never";
    const declared = withoutDescription(args);
    scene.declare({ github: { ...declared, adoptId: id } });
    const { error } = await scene.stack.upFails();
    assert.match(error, new RegExp(`updated the secret ${id} but kept description`));
    assert.equal((await scene.stateOf("github"))["description"], "For releases");
    assert.equal(await scene.idOf("github"), id);
  });

  it("is not given another type where Keycard refuses that, which is explained", async () => {
    scene.keycard.switches.typeChange = "refused";
    const data = { type: "password", username: "app", password: "planted-other" } as const;
    scene.declare({ github: { ...args, data, adoptId: id } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /answered 400, .*declare `data` of the type token, or remove `adoptId`/);
    assert.equal(scene.keycard.secret(id)?.data.type, "token");
  });

  it("must exist, and belong to the declared entity", async () => {
    scene.declare({
      gone: { ...args, adoptId: "sec_gone" },
      foreign: { ...args, entityId: "ent_2", adoptId: id },
    });
    const { error } = await scene.stack.upFails();
    assert.match(error, /There is no secret sec_gone in zone zone_1 to adopt: correct `adoptId`/);
    assert.match(
      error,
      new RegExp(
        `The secret ${id} belongs to entity ent_1, and entity ent_2 is declared: correct \`entityId\``,
      ),
    );
    assert.deepEqual(
      scene.keycard.calls().filter(({ method }) => method !== "GET"),
      [],
    );
  });
});

function withoutDescription({ description, ...rest }: SecretArgs): SecretArgs {
  assert.notEqual(description, undefined);
  return rest;
}

describe("a taken name", () => {
  const args: SecretArgs = { entityId: "ent_1", name: "GitHub token", data: token("taken") };
  let scene: Scene;

  beforeEach(async () => (scene = await openScene({ switches: { uniqueNames: true } })));
  afterEach(() => scene.close());

  it("is explained with the line that adopts its secret", async () => {
    const { id } = scene.keycard.put({ name: "GitHub token", data: token("theirs") });
    scene.declare({ github: args });
    const { error } = await scene.stack.upFails();
    assert.ok(
      error.includes(`entity ent_1 of zone zone_1 already holds one of the name "GitHub token", ${id}`),
      error,
    );
    assert.ok(error.includes(`add the line \`adoptId: "${id}"\``), error);
    assert.deepEqual(
      scene.keycard.calls().map(({ method, path }) => [method, path]),
      [
        ["POST", PATH],
        ["GET", PATH],
      ],
    );

    scene.keycard.switches.list = "forbidden";
    const blind = await scene.stack.upFails();
    assert.match(blind.error, /zone zone_1 already holds one.*`adoptId`.*`deleteBeforeReplace: true`/s);
  });

  it("is explained with `deleteBeforeReplace` where a replacement caused it", async () => {
    let note = "first";
    scene.stack.program = () => {
      const metadata = { note };
      new Secret("github", { ...args, metadata }, { replaceOnChanges: ["metadata"] });
      return Promise.resolve();
    };
    await scene.stack.up();
    note = "second";
    const { error } = await scene.stack.upFails();
    assert.match(error, /sec_1\. This stack keeps one of that name already.*`deleteBeforeReplace: true`/s);
    assert.ok(!error.includes("adoptId"), error);
  });
});
