import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard";
import type { RunResult } from "./support/run-result";
import { openScene, token, type Scene } from "./support/scene";

/** A resource of the program. */
type Declaration = [name: string, args: SecretArgs, opts?: pulumi.CustomResourceOptions];

describe("an adopted secret, which only one resource can manage,", () => {
  const args: SecretArgs = { entityId: "ent_1", name: "GitHub token", data: token("owned") };
  let scene: Scene;
  let adopting: SecretArgs;
  let id: string;

  beforeEach(async () => {
    scene = await openScene();
    ({ id } = scene.keycard.put({ name: "GitHub token", data: token("owned") }));
    adopting = { ...args, adoptId: id };
  });
  afterEach(() => scene.close());

  const declare = (...all: Declaration[]) => {
    scene.stack.program = () => {
      for (const [name, secretArgs, opts] of all) new Secret(name, secretArgs, opts);
      return Promise.resolve();
    };
  };
  const urnOf = async (name: string) => {
    const { resources } = await scene.stack.exportState();
    return resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? assert.fail(name);
  };
  const stateIds = async (): Promise<Record<string, string | undefined>> => {
    const { resources } = await scene.stack.exportState();
    const secrets = resources.filter(({ type }) => type.endsWith("keycard:Secret"));
    return Object.fromEntries(secrets.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id]));
  };
  const methods = () => scene.keycard.calls().map(({ method }) => method);
  const notes = ({ diagnostics }: RunResult) =>
    diagnostics
      .join("")
      .split("\n")
      .filter((line) => line.includes("was not deleted"));
  const isKept = () => {
    assert.ok(!methods().includes("DELETE"), methods().join());
    assert.notEqual(scene.keycard.secret(id), undefined);
  };

  it("an adopted secret is kept if its resource is renamed with `adoptId` in place, and one line says why", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    declare(["b", adopting]);
    const renamed = await scene.stack.up();
    assert.deepEqual(notes(renamed), [
      `The secret ${id} was not deleted in Keycard: \`b\` adopted it in this run.`,
    ]);
    isKept();
    assert.deepEqual(await stateIds(), { b: id });
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });

    await scene.stack.destroy();
    assert.deepEqual(scene.keycard.secrets(), []);
  });

  it("an adopted secret is kept by every way to replace it with itself", async () => {
    const opts = { replaceOnChanges: ["metadata"] };
    declare(["a", adopting, opts]);
    await scene.stack.up();
    const urn = await urnOf("a");
    const replaced = await scene.stack.up({ replace: [urn] });
    const targeted = await scene.stack.up({ replace: [urn], target: [urn] });
    declare(["a", { ...adopting, metadata: { team: "build" } }, opts]);
    const changed = await scene.stack.up();
    for (const run of [replaced, targeted, changed]) {
      assert.equal(run.changes["replace"], 1);
      assert.deepEqual(notes(run), [
        `The secret ${id} was not deleted in Keycard: \`a\` adopted it in this run.`,
      ]);
    }
    isKept();
    assert.deepEqual(await stateIds(), { a: id });
    assert.deepEqual(scene.keycard.secret(id)?.metadata, { team: "build" });
  });

  it("an adopted secret is replaced with a new one after `adoptId` is removed", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    declare(["a", args]);
    const run = await scene.stack.up({ replace: [await urnOf("a")] });
    assert.deepEqual(notes(run), []);
    assert.deepEqual(
      scene.keycard.secrets().map((secret) => secret.id),
      Object.values(await stateIds()),
    );
    assert.equal(scene.keycard.secret(id), undefined);
  });

  it("the preview refuses to delete an adopted secret before it is replaced", async () => {
    const opts = { replaceOnChanges: ["metadata"], deleteBeforeReplace: true };
    declare(["a", adopting, opts]);
    await scene.stack.up();
    declare(["a", { ...adopting, metadata: { team: "build" } }, opts]);
    const advice =
      /`deleteBeforeReplace` deletes before it can be adopted\. Remove the option to keep .*or remove `adoptId`/;
    assert.match((await scene.stack.previewFails()).error, advice);
    assert.match((await scene.stack.upFails()).error, advice);
    // If an option forces the replacement, the engine deletes without calling the provider first.
    const { error } = await scene.stack.upFails({ replace: [await urnOf("a")] });
    assert.match(error, /`a` is about to adopt it.*Remove the option `deleteBeforeReplace`/);
    isKept();
    assert.deepEqual(await stateIds(), { a: id });
  });

  it("the preview refuses to delete an adopted secret with a resource that it depends on", async () => {
    const { id: entityId } = scene.keycard.put({ id: "ent_made", name: "entity", data: token("entity") });
    ({ id } = scene.keycard.put({ name: "GitHub token", entity_id: entityId, data: token("owned") }));
    // Any resource can be deleted first. Here a secret takes the place of an entity.
    const declareBoth = (entity: Partial<SecretArgs>) => {
      scene.stack.program = () => {
        const made = new Secret(
          "entity",
          { entityId: "ent_1", data: token("entity"), ...entity },
          { replaceOnChanges: ["description"], deleteBeforeReplace: true },
        );
        new Secret("a", { ...args, entityId: made.id, adoptId: id });
        return Promise.resolve();
      };
    };
    declareBoth({ adoptId: entityId });
    await scene.stack.up();
    declareBoth({ description: "changed" });
    const advice = new RegExp(`The secret ${id} would be deleted together with .*Remove \`adoptId\``);
    assert.match((await scene.stack.previewFails()).error, advice);
    assert.match((await scene.stack.upFails()).error, advice);
    isKept();
    assert.equal(scene.keycard.secrets().length, 3);
  });

  it("the preview refuses to adopt a secret for another entity", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    declare(["a", { ...adopting, entityId: "ent_2" }]);
    const { error } = await scene.stack.previewFails();
    assert.match(
      error,
      new RegExp(`\`adoptId\` names the secret ${id}, which stays in its zone and entity.*Remove`),
    );
    declare(["a", { ...args, entityId: "ent_2" }]);
    await scene.stack.up();
    assert.equal(scene.keycard.secret(id), undefined);
    assert.equal(scene.keycard.secrets().length, 1);
  });

  it("the preview refuses to adopt a secret twice, and names both resources", async () => {
    declare(["a", adopting], ["b", adopting]);
    const { error } = await scene.stack.previewFails();
    assert.match(
      error,
      new RegExp(`\`adoptId\` of \`[ab]\` and of \`[ab]\` names the same secret, ${id}\\. Remove it`),
    );
    declare(["a", args], ["b", { ...args, name: "another" }]);
    await scene.stack.up();
    const [first] = Object.values(await stateIds());
    declare(["a", { ...args, adoptId: "sec_9" }], ["b", { ...args, name: "another", adoptId: "sec_9" }]);
    assert.match((await scene.stack.previewFails()).error, /names the same secret, sec_9/);
    assert.notEqual(first, undefined);
  });

  it("a secret that another resource manages is not adopted, whichever is planned first", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    const text = new RegExp(
      `\`adoptId\` of \`b\` names the secret ${id}, which \`a\` already manages\\. Remove \`adoptId\`.*\`aliases\``,
    );
    scene.stack.program = () => {
      const a = new Secret("a", args);
      new Secret("b", { ...adopting, description: a.id.apply(() => "later") });
      return Promise.resolve();
    };
    assert.match((await scene.stack.previewFails()).error, text);
    scene.stack.program = () => {
      const b = new Secret("b", adopting);
      new Secret("a", { ...args, description: b.urn.apply(() => "later") });
      return Promise.resolve();
    };
    assert.match((await scene.stack.previewFails()).error, text);
    scene.keycard.clearLog();

    // Without a preview, the second resource was adopted before the first one was planned.
    const { error } = await scene.stack.upFails();
    assert.match(error, text);
    isKept();
    assert.deepEqual(await stateIds(), { a: id, b: id });
    declare(["a", args]);
    const removed = await scene.stack.up();
    assert.deepEqual(notes(removed), [
      `The secret ${id} was not deleted in Keycard: \`a\` still manages it.`,
    ]);
    isKept();
    assert.deepEqual(await stateIds(), { a: id });
  });

  it("the option `aliases` keeps an adopted secret under its new name", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    scene.keycard.clearLog();
    for (const renamed of [adopting, args]) {
      declare(["b", renamed, { aliases: [{ name: "a" }] }]);
      assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    }
    assert.deepEqual([scene.keycard.calls(), await stateIds()], [[], { b: id }]);
  });

  it("a removed `adoptId` is not in the state, whatever a refresh reads", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    declare(["a", args]);
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
    assert.ok(!(await scene.stack.stateText()).includes("adoptId"));
    declare(["a", { ...args, name: "another" }]);
    const { steps } = await scene.stack.preview();
    assert.deepEqual(
      steps.map(({ op, changed }) => [op, changed]),
      [["update", ["name"]]],
    );
  });

  it("an `adoptId` that is left in place shows no change, whatever a refresh reads", async () => {
    declare(["a", adopting]);
    await scene.stack.up();
    assert.deepEqual((await scene.stack.refresh()).changes, { same: 2 });
    declare(["a", { ...adopting, name: "another" }]);
    const { steps } = await scene.stack.up();
    assert.deepEqual(
      steps.map(({ op, changed }) => [op, changed]),
      [["update", ["name"]]],
    );
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    isKept();
  });
});
