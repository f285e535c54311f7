import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { fromEnv, Secret, type SecretArgs } from "pulumi-keycard/native";
import { recorded, type RecordedRun } from "./support/recorded-run";
import { openScene, PLANTED, token, type Scene } from "./support/scene";
import { VARIABLE } from "./support/sources";

type Opts = pulumi.CustomResourceOptions;

const args = {
  entityId: "ent_1",
  metadata: { owner: "ann", team: "release" },
  data: { type: "password", username: "app", password: `${PLANTED}one` },
} satisfies SecretArgs;

const other = {
  owner: { ...args, metadata: { ...args.metadata, owner: "bob" } },
  team: { ...args, metadata: { ...args.metadata, team: "build" } },
  username: { ...args, data: { ...args.data, username: "job" } },
  password: { ...args, data: { ...args.data, password: `${PLANTED}two` } },
} satisfies Record<string, SecretArgs>;

describe("through the plugin, the Pulumi option", () => {
  let scene: Scene;
  beforeEach(async () => (scene = await openScene({ resource: "native" })));
  afterEach(() => scene.close());

  const declare = (secret: SecretArgs, opts: Opts = {}) =>
    (scene.stack.program = () => Promise.resolve(void new Secret("a", secret, opts)));
  const up = () => recorded(scene.keycard, () => scene.stack.up());
  const methodsOf = ({ calls }: RecordedRun) => calls.map(({ method }) => method ?? "");
  const previewOf = async (secret: SecretArgs, opts: Opts) => {
    declare(secret, opts);
    const { steps } = await scene.stack.preview();
    return steps.map(({ op, detail }) => [op, detail]);
  };

  it("`replaceOnChanges` replaces for one leaf, and for no other", async () => {
    const opts = { replaceOnChanges: ["metadata.owner", "data.username"] };
    declare(args, opts);
    await scene.stack.up();
    assert.deepEqual(await previewOf(other.team, opts), [["update", { "metadata.team": "update" }]]);
    const replacements = await previewOf(other.owner, opts);
    assert.deepEqual(replacements[0], ["create-replacement", { "metadata.owner": "update-replace" }]);
    declare(other.owner, opts);
    assert.deepEqual(methodsOf(await up()), ["POST", "DELETE"]);
    declare({ ...other.owner, data: other.password.data }, opts);
    assert.deepEqual(methodsOf(await up()), ["PATCH"]);
    declare({ ...other.owner, data: { ...other.password.data, username: "job" } }, opts);
    assert.deepEqual(methodsOf(await up()), ["POST", "DELETE"]);
    assert.equal(scene.keycard.secrets().length, 1);
  });

  it("`ignoreChanges` ignores one leaf, and no other", async () => {
    const opts = { ignoreChanges: ["metadata.owner", "data.username"] };
    declare(args, opts);
    await scene.stack.up();
    for (const ignored of [other.owner, other.username]) {
      declare(ignored, opts);
      const { changes, calls } = await up();
      assert.deepEqual([changes, calls], [{ same: 2 }, []]);
    }
    declare({ ...other.password, metadata: { owner: "bob", team: "build" } }, opts);
    assert.deepEqual(methodsOf(await up()), ["PATCH"]);
    const [secret] = scene.keycard.secrets();
    assert.deepEqual(secret?.metadata, { owner: "ann", team: "build" });
    assert.deepEqual(secret.data, { type: "password", username: "app", password: `${PLANTED}two` });
  });

  it("`additionalSecretOutputs` encrypts an output, and `data` needs none of it", async () => {
    declare({ ...args, description: "shown" }, { additionalSecretOutputs: ["description"] });
    await scene.stack.up();
    const { outputs = {}, additionalSecretOutputs } =
      (await scene.stack.exportState()).resources.at(-1) ?? {};
    assert.deepEqual(additionalSecretOutputs, ["description"]);
    for (const name of ["description", "data"]) assert.ok("plaintext" in (outputs[name] as object), name);
  });

  it("`--target-replace` replaces the secret that it names alone", async () => {
    scene.declare({ a: args, b: args });
    await scene.stack.up();
    const before = await scene.idOf("b");
    const replaced = await scene.idOf("a");
    const urn = scene.urnOf("a");
    // The command line has one flag for both options.
    const { calls, steps } = await recorded(scene.keycard, () =>
      scene.stack.up({ target: [urn], replace: [urn] }),
    );
    assert.deepEqual(
      calls.map(({ method }) => method),
      // The engine does not tell that the create is a replacement.
      ["GET", "POST", "DELETE"],
    );
    assert.match(
      scene.stack.allText(),
      new RegExp(`which already had ${replaced} .* If you replace it, this run deletes it\\.`),
    );
    assert.ok(steps.every(({ name, op }) => name === "a" || op === "same"));
    assert.equal(await scene.idOf("b"), before);
    assert.equal(scene.keycard.secrets().length, 2);
  });

  it("`deleteBeforeReplace` deletes no secret that its own `adoptId` is about to adopt", async () => {
    declare(args);
    await scene.stack.up();
    const adopting = { ...other.owner, adoptId: await scene.idOf("a") };
    const replaceOnChanges = ["metadata.owner"];
    declare(adopting, { replaceOnChanges, deleteBeforeReplace: true });
    const advice = /`deleteBeforeReplace` deletes before it can be adopted\. Remove the option/;
    assert.match((await scene.stack.previewFails()).error, advice);
    // The engine does not pass this option to the plugin, so without the TypeScript class only the update detects it.
    scene.stack.program = () => {
      const transforms: pulumi.ResourceTransform[] = [
        ({ props, opts }) => ({ props, opts: { ...opts, deleteBeforeReplace: true } }),
      ];
      return Promise.resolve(void new Secret("a", adopting, { replaceOnChanges, transforms }));
    };
    const run = await recorded(scene.keycard, () => scene.stack.upFails());
    assert.match(run.error ?? "", /`a` is about to adopt it.*Remove the option `deleteBeforeReplace`/);
    assert.deepEqual(run.calls, []);
    declare(adopting, { replaceOnChanges });
    await scene.stack.up();
    declare(adopting);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(
      scene.keycard.secrets().map(({ id, metadata }) => [id, metadata?.["owner"]]),
      [[adopting.adoptId, "bob"]],
    );
    assert.ok(!(await scene.stack.stateText()).includes('"__registration": "'));
  });

  it("`deleteBeforeReplace` deletes no adopted secret that depends on the deleted one", async () => {
    const { id: entityId } = scene.keycard.put({ id: "ent_made", name: "entity", data: token("entity") });
    const { id } = scene.keycard.put({ name: "b", entity_id: entityId, data: token("b") });
    const declareBoth = (entity: Partial<SecretArgs>) =>
      (scene.stack.program = () => {
        const opts = { replaceOnChanges: ["description"], deleteBeforeReplace: true };
        const made = new Secret("entity", { entityId: "ent_1", data: token("entity"), ...entity }, opts);
        new Secret("b", { entityId: made.id, data: token("b"), adoptId: id });
        return Promise.resolve();
      });
    declareBoth({ adoptId: entityId });
    await scene.stack.up();
    declareBoth({ description: "changed" });
    const advice = new RegExp(`The secret ${id} would be deleted together with .*Remove \`adoptId\``);
    assert.match((await scene.stack.previewFails()).error, advice);
    const run = await recorded(scene.keycard, () => scene.stack.upFails());
    assert.match(run.error ?? "", advice);
    assert.deepEqual(run.calls, []);
  });
});

describe("through the plugin, a saved plan", () => {
  let scene: Scene;
  let plan: string;
  beforeEach(async () => {
    scene = await openScene({ resource: "native" });
    plan = join(scene.stack.root, "plan.json");
    process.env[VARIABLE] = `${PLANTED}by-reference`;
  });
  afterEach(async () => {
    delete process.env[VARIABLE];
    await scene.close();
  });

  const declare = (description: string, data: SecretArgs["data"] = token(description)) =>
    (scene.stack.program = () => {
      const { version } = new Secret("a", { entityId: "ent_1", description, data });
      new Secret("b", { entityId: "ent_1", metadata: { of: version }, data: token("b") });
      return Promise.resolve();
    });

  it("a saved plan is carried out with what the preview could not know, and has no value in plain text", async () => {
    declare("first");
    const preview = await recorded(scene.keycard, () => scene.stack.preview({ plan }));
    assert.deepEqual(preview.calls, []);
    assert.ok(!(await readFile(plan, "utf8")).includes(PLANTED), "the plan shows a value");
    assert.deepEqual((await scene.stack.up({ plan })).changes, { create: 3 });
    declare("second");
    await scene.stack.preview({ plan });
    assert.ok(!(await readFile(plan, "utf8")).includes(PLANTED), "the plan shows a value");
    const { calls } = await recorded(scene.keycard, () => scene.stack.up({ plan }));
    assert.deepEqual(
      calls.map(({ method }) => method),
      ["PATCH", "PATCH"],
    );
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
  });

  it("a saved plan stops a program that has changed since", async () => {
    // Pulumi prints inline values that do not match a plan.
    const data = { type: "token" as const, token: fromEnv(VARIABLE) };
    declare("first", data);
    await scene.stack.up();
    declare("second", data);
    await scene.stack.preview({ plan });
    declare("third", data);
    const { error, calls } = await recorded(scene.keycard, () => scene.stack.upFails({ plan }));
    assert.match(error ?? "", /violates plan/);
    assert.deepEqual(calls, []);
  });
});
