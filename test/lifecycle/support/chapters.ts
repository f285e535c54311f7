import assert from "node:assert/strict";
import type { ResourceKind } from "../../support/resource-kinds";
import { recorded } from "./recorded-run";
import { TYPE_OF, token } from "./scene";
import { type Shape, type Told, TRANSFORMED } from "./shapes";
import type { Stage } from "./stage";
import type { StateResource } from "./workspace";

/** A story that a stage plays, one chapter after another. */
export interface Play extends Stage {
  resource: ResourceKind;
  shape: Shape;
  /** What the program declares now. */
  secrets: Told[];
}

/** The chapters of a secret's life. Each begins where the one before it ended. */
export const CHAPTERS = { create, patch, drift, adopt, rename, replace, lookUp, remove };

/** The name of a chapter. */
export type Chapter = keyof typeof CHAPTERS;

/** The secrets that each story begins with. */
export const AT_FIRST: Told[] = ["one", "two", "three"].map((name) => ({
  name,
  args: { entityId: "ent_1", name: `Secret ${name}`, metadata: { team: "release" }, data: token(name) },
}));

async function create(play: Play): Promise<void> {
  await play.tell(play);
  const preview = await recorded(play.keycard, () => play.stack.preview());
  const planned = preview.steps.filter(({ type }) => type === TYPE_OF[play.resource]).map(({ op }) => op);
  assert.deepEqual([planned, preview.calls], [["create", "create", "create"], []]);
  assert.deepEqual(await methods(play), ["POST", "POST", "POST"]);
  const [one, ...others] = await Promise.all(play.secrets.map(({ name }) => resourceOf(play, name)));
  const waits = play.shape === "waiting components";
  for (const { urn, dependencies = [], propertyDependencies = {} } of [one, ...others] as StateResource[]) {
    // A program that makes secrets wait for a component makes them depend on its secrets, and nothing else does.
    assert.deepEqual(dependencies, waits && urn !== one?.urn ? [one?.urn] : [], urn);
    assert.deepEqual(Object.values(propertyDependencies).flat().filter(Boolean), [], urn);
  }
  assert.deepEqual(await methods(play), []);
}

async function patch(play: Play): Promise<void> {
  const [one, two, ...others] = play.secrets as [Told, Told];
  const { id: idOne = "" } = await resourceOf(play, one.name);
  const { id: idTwo = "" } = await resourceOf(play, two.name);
  play.secrets = [
    { ...one, args: { ...one.args, metadata: { team: "build" } } },
    { ...two, args: { ...two.args, data: token("changed") } },
    ...others,
  ];
  assert.deepEqual(await methods(play), ["PATCH", "PATCH"]);
  assert.deepEqual(play.keycard.secret(idOne)?.metadata, withTransforms(play, { team: "build" }));
  assert.deepEqual(play.keycard.secret(idTwo)?.data, token("changed"));
}

async function drift(play: Play): Promise<void> {
  const [{ name }] = play.secrets as [Told];
  const { id = "" } = await resourceOf(play, name);
  play.keycard.edit(id, { name: "Theirs" });
  const { steps } = await play.stack.refresh();
  const found = steps.filter(({ op }) => op !== "same" && op !== "refresh");
  assert.deepEqual(
    found.map((step) => [step.name, step.op]),
    [[name, "update"]],
  );
  assert.deepEqual(await methods(play), ["PATCH"]);
  assert.equal(play.keycard.secret(id)?.name, play.secrets[0]?.args.name);
}

async function adopt(play: Play): Promise<void> {
  const { id } = play.keycard.put({ name: "Kept", data: token("kept") });
  const args = { entityId: "ent_1", name: "Kept", data: token("kept"), adoptId: id };
  play.secrets = [...play.secrets, { name: "kept", args }];
  assert.ok(!(await methods(play)).includes("POST"));
  assert.equal((await resourceOf(play, "kept")).id, id);
  assert.deepEqual(await methods(play), []);
}

async function rename(play: Play): Promise<void> {
  // The first one may have others below it.
  play.secrets = play.secrets.map((secret, index) =>
    index < 2 ? { ...secret, name: `${secret.name}-renamed`, formerly: secret.name } : secret,
  );
  assert.deepEqual(await methods(play), []);
  for (const { name } of play.secrets) await resourceOf(play, name);
}

async function replace(play: Play): Promise<void> {
  const [one, ...others] = play.secrets as [Told];
  const { id = "" } = await resourceOf(play, one.name);
  play.secrets = [{ ...one, args: { ...one.args, entityId: "ent_2" } }, ...others];
  assert.deepEqual(await methods(play), ["POST", "DELETE"]);
  assert.equal(play.keycard.secret(id), undefined);
  assert.notEqual((await resourceOf(play, one.name)).id, id);
}

async function lookUp(play: Play): Promise<void> {
  await play.tell({ ...play, looksUp: true });
  await play.stack.preview();
  const { outputs } = await play.stack.up();
  const { name, entityId } = play.secrets[0]?.args ?? {};
  const { listed, ...others } = outputs;
  assert.deepEqual(others, { byId: name, value: "[secret]", read: name });
  const all = play.keycard.secrets().filter((secret) => secret.entity_id === "ent_1");
  assert.equal((JSON.parse(String(listed)) as unknown[]).length, all.length);
  assert.ok(entityId);
}

async function remove(play: Play): Promise<void> {
  play.secrets = play.secrets.slice(0, -1);
  assert.deepEqual(await methods(play), ["DELETE"]);
  assert.equal(play.keycard.secrets().length, play.secrets.length);
  await play.stack.destroy();
  assert.deepEqual(play.keycard.secrets(), []);
}

/** Tells the story and runs `pulumi up`. @returns the methods of the requests that change something */
async function methods(play: Play): Promise<string[]> {
  await play.tell(play);
  const { calls } = await recorded(play.keycard, () => play.stack.up());
  return calls.flatMap(({ method = "" }) => (method === "GET" ? [] : [method]));
}

async function resourceOf({ stack, resource }: Play, name: string): Promise<StateResource> {
  const { resources } = await stack.exportState();
  const found = resources.find(({ urn, type }) => type === TYPE_OF[resource] && urn.endsWith(`::${name}`));
  assert.ok(found, `${name} is not in the state`);
  return found;
}

function withTransforms({ shape }: Play, metadata: object): object {
  return shape === "transforms and hooks" ? { ...metadata, ...TRANSFORMED.metadata } : metadata;
}
