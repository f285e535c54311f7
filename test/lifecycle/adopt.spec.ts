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

  it("an adopted secret is read, and not changed if nothing differs", async () => {
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

  it("an adopted secret gets a PATCH of only the differences, and has its real version", async () => {
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

  it("an adopted secret stays in the stack if Keycard does not clear a field", async () => {
    scene.keycard.switches.clearing = "never";
    const declared = withoutDescription(args);
    scene.declare({ github: { ...declared, adoptId: id } });
    const { error } = await scene.stack.upFails();
    assert.match(error, new RegExp(`updated the secret ${id} but did not clear description`));
    assert.equal((await scene.stateOf("github"))["description"], "For releases");
    assert.equal(await scene.idOf("github"), id);
  });

  it("the error explains that Keycard does not change the type of an adopted secret", async () => {
    scene.keycard.switches.typeChange = "refused";
    const data = { type: "password", username: "app", password: "planted-other" } as const;
    scene.declare({ github: { ...args, data, adoptId: id } });
    const { error } = await scene.stack.upFails();
    assert.match(error, /answered 400, .*declare `data` of the type token, or remove `adoptId`/);
    assert.equal(scene.keycard.secret(id)?.data.type, "token");
  });

  it("an adopted secret must exist and belong to the declared entity", async () => {
    scene.declare({
      gone: { ...args, adoptId: "sec_gone" },
      foreign: { ...args, entityId: "ent_2", adoptId: id },
    });
    const { error } = await scene.stack.upFails();
    assert.match(error, /There is no secret sec_gone in zone zone_1 to adopt\. Correct `adoptId`/);
    assert.match(
      error,
      new RegExp(
        `The secret ${id} belongs to entity ent_1, but entity ent_2 is declared. Correct \`entityId\``,
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

  it("the error for a taken name has the line that adopts the secret", async () => {
    const { id } = scene.keycard.put({ name: "GitHub token", data: token("theirs") });
    scene.declare({ github: args });
    const { error } = await scene.stack.upFails();
    assert.ok(
      error.includes(`Entity ent_1 of zone zone_1 already has a secret with the name "GitHub token", ${id}`),
      error,
    );
    assert.ok(error.includes(`set \`adoptId: "${id}"\``), error);
    assert.deepEqual(
      scene.keycard.calls().map(({ method, path }) => [method, path]),
      [
        ["GET", PATH],
        ["POST", PATH],
        ["GET", PATH],
      ],
    );

    scene.keycard.switches.list = "forbidden";
    const blind = await scene.stack.upFails();
    assert.match(
      blind.error,
      /Zone zone_1 may already have a secret.*`adoptId`.*`deleteBeforeReplace: true`/s,
    );
    assert.match(blind.error, /could not be listed \(GET \S+ answered 403/);
  });

  it("each advice for the taken name of a renamed resource keeps the same secret", async () => {
    scene.declare({ old: args });
    await scene.stack.up();
    scene.declare({ renamed: args });
    const { error } = await scene.stack.upFails();
    assert.match(error, /set `adoptId: "sec_1"`\. If you renamed its resource, use the option `aliases`/);
    scene.declare({ renamed: { ...args, adoptId: "sec_1" } });
    const { diagnostics } = await scene.stack.up();
    assert.match(
      diagnostics.join(),
      /The secret sec_1 was not deleted in Keycard: `renamed` adopted it in this run/,
    );
    assert.deepEqual(
      scene.keycard.secrets().map(({ id }) => id),
      ["sec_1"],
    );
  });

  it("the error of an update or an adoption also names the secret that has the name", async () => {
    const { id: holder } = scene.keycard.put({ name: "taken", data: token("theirs") });
    const { id } = scene.keycard.put({ name: "free", data: token("taken") });
    scene.declare({ adopting: { ...args, name: "taken", adoptId: id } });
    const explanation = (action: string, secret: string) =>
      new RegExp(
        `Could not ${action} the secret: PATCH ${PATH}/${secret} answered 409, saying "[^"]+" \\(code conflict\\) \\(request \\S+\\)\\. ` +
          `Entity ent_1 of zone zone_1 already has a secret with the name "taken", ${holder}\\. ` +
          `Choose another name, or first rename or delete ${holder}`,
      );
    assert.match((await scene.stack.upFails()).error, explanation("update", id));

    scene.declare({ updated: { ...args, name: "free", adoptId: id }, another: { ...args, name: "other" } });
    await scene.stack.up();
    scene.declare({ updated: { ...args, name: "taken" }, another: { ...args, name: "free" } });
    const { error } = await scene.stack.upFails({ continueOnError: true });
    assert.match(error, explanation("update", id));
    assert.match(
      error,
      /already has a secret with the name "free", .*This stack manages a secret of that name/,
    );
  });

  it("a conflict without a secret of that name is not blamed on the name", async () => {
    scene.keycard.put({ name: "another", data: token("theirs") });
    const body = { message: "The entity is locked", code: "locked" };
    scene.keycard.faults.add({ method: "POST", kind: { status: 409, body } });
    scene.declare({ github: args });
    const { error } = await scene.stack.upFails();
    const requestId = scene.keycard.requests.find(({ method }) => method === "POST")?.requestId ?? "none";
    assert.ok(
      error.includes(
        `POST ${PATH} answered 409, saying "The entity is locked" (code locked) (request ${requestId}`,
      ),
      error,
    );
    assert.match(
      error,
      /No listed secret of zone zone_1 has the name "GitHub token".*Follow Keycard's message/,
    );
    assert.ok(!error.includes("adoptId"), error);
  });

  it("the error names `deleteBeforeReplace` if a replacement caused the conflict", async () => {
    let note = "first";
    scene.stack.program = () => {
      const metadata = { note };
      new Secret("github", { ...args, metadata }, { replaceOnChanges: ["metadata"] });
      return Promise.resolve();
    };
    await scene.stack.up();
    note = "second";
    const { error } = await scene.stack.upFails();
    assert.match(
      error,
      /sec_1\. This stack already manages a secret of that name.*`deleteBeforeReplace: true`/s,
    );
    assert.ok(!error.includes("adoptId"), error);
  });
});
