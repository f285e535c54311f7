import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { SecretArgs } from "pulumi-keycard";
import { Provider } from "pulumi-keycard/native";
import type { ResourceKind } from "../support/resource-kinds";
import { recorded } from "./support/recorded-run";
import { type Scene, SECRET_OF, TYPE_OF, openScene, token } from "./support/scene";

/** A resource of a program: of which kind, and with which explicit provider. */
interface Declaration {
  name: string;
  resource?: ResourceKind;
  args?: Partial<SecretArgs>;
  explicit?: string;
  opts?: pulumi.CustomResourceOptions;
}

describe("a secret that another provider of the run adopts", () => {
  let scene: Scene;
  let id: string;
  let temporary: string;

  beforeEach(async () => {
    scene = await openScene({ resource: "native" });
    temporary = join(scene.stack.root, "temporary");
    mkdirSync(temporary);
    scene.stack.setEnv({ TMPDIR: temporary });
    ({ id } = scene.keycard.put({ name: "kept", data: token("kept") }));
  });
  afterEach(async () => {
    // The providers tell each other with files that no run leaves behind.
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith("pulumi-keycard-")),
      [],
    );
    await scene.close();
  });

  const adopting = (): Partial<SecretArgs> => ({ adoptId: id });
  const declare = (...all: Declaration[]) => {
    scene.stack.program = () => {
      for (const { name, resource = "native", args = adopting(), explicit, opts } of all) {
        const provider = explicit ? { provider: new Provider(explicit, { zoneId: "zone_1" }) } : {};
        const whole = { zoneId: "zone_1", entityId: "ent_1", name: "kept", data: token("kept"), ...args };
        new SECRET_OF[resource](name, whole, { ...provider, ...opts });
      }
      return Promise.resolve();
    };
  };
  const up = (...all: Declaration[]) => {
    declare(...all);
    return recorded(scene.keycard, () => scene.stack.up());
  };
  const stateIds = async () => {
    const { resources } = await scene.stack.exportState();
    const secrets = resources.filter(({ type }) => Object.values(TYPE_OF).includes(type));
    return secrets.map(({ urn, id: inState }) => [urn.split("::").at(-1), inState]);
  };
  const isKeptBy = async (name: string, { diagnostics, calls }: Awaited<ReturnType<typeof up>>) => {
    assert.ok(!calls.some(({ method }) => method === "DELETE"));
    assert.notEqual(scene.keycard.secret(id), undefined);
    const lines = diagnostics
      .join("\n")
      .split("\n")
      .filter((line) => line.includes("was not deleted"));
    assert.equal(lines.length, 1);
    const reason = new RegExp(
      `^The secret ${id} was not deleted in Keycard: \`${name}\` (adopted it in this run|still manages it)\\.$`,
    );
    assert.match(lines[0] ?? "", reason);
    assert.deepEqual(await stateIds(), [[name, id]]);
  };

  it("is kept if its resource gets a new name and an explicit provider", async () => {
    await up({ name: "first" });
    await isKeptBy("renamed", await up({ name: "renamed", explicit: "mine" }));
    await isKeptBy("back", await up({ name: "back" }));
  });

  it("is kept if its resource gets another explicit provider, and if that replaces it", async () => {
    await up({ name: "first", explicit: "one" });
    const { calls } = await up({ name: "first", explicit: "two" });
    assert.deepEqual(calls, []);
    declare({ name: "first", explicit: "three" });
    const replace = [scene.urnOf("first")];
    await isKeptBy("first", await recorded(scene.keycard, () => scene.stack.up({ replace })));
  });

  it("is kept if the program changes from one kind of resource to the other, and back", async () => {
    await up({ name: "kept", resource: "dynamic" });
    await isKeptBy("kept", await up({ name: "kept", resource: "native" }));
    await isKeptBy("kept", await up({ name: "kept", resource: "dynamic" }));
  });

  it("is kept if the program follows the advice of a conflict", async () => {
    scene.keycard.remove(id);
    scene.keycard.switches.uniqueNames = true;
    await up({ name: "first", resource: "dynamic", args: {} });
    [[, id]] = (await stateIds()) as [[string, string]];
    declare({ name: "first", resource: "native", args: {} });
    const { error } = await scene.stack.upFails();
    assert.match(error, /To adopt it, set `adoptId: "sec_\d+"`/);
    await isKeptBy("first", await up({ name: "first", resource: "native" }));
  });

  it("is kept if the option `import` takes it from the other kind of resource, or from another provider", async () => {
    await up({ name: "first", resource: "dynamic" });
    const imports = { args: {}, opts: { import: `zone_1/${id}` } };
    await isKeptBy("first", await up({ name: "first", resource: "native", ...imports }));
    await isKeptBy("second", await up({ name: "second", resource: "native", explicit: "mine", ...imports }));
  });

  it("is not deleted first if the option says so, and the error says what to remove", async () => {
    await up({ name: "first", explicit: "one" });
    declare({ name: "first", explicit: "two", opts: { deleteBeforeReplace: true } });
    const { error } = await scene.stack.upFails({ replace: [scene.urnOf("first")] });
    assert.match(error, /`first` is about to adopt it.*Remove the option `deleteBeforeReplace`/);
    assert.notEqual(scene.keycard.secret(id), undefined);
  });

  it("is refused in the preview if both adopt it, or if one manages it", async () => {
    declare({ name: "a" }, { name: "b", explicit: "mine" });
    assert.match((await scene.stack.previewFails()).error, /of `[ab]` and of `[ab]` names the same secret/);
    declare({ name: "a" }, { name: "b", resource: "dynamic" });
    assert.match((await scene.stack.previewFails()).error, /of `[ab]` and of `[ab]` names the same secret/);
    await up({ name: "a" });
    declare({ name: "a", args: {} }, { name: "b", explicit: "mine" });
    assert.match(
      (await scene.stack.previewFails()).error,
      /`b` names the secret \w+, which `a` already manages/,
    );
  });

  it("is kept if the other one still manages it", async () => {
    // 0.2 let two providers adopt one secret.
    await up({ name: "a" }, { name: "b", explicit: "mine", args: {} });
    const [, other] = (await stateIds()).find(([name]) => name === "b") ?? assert.fail();
    await scene.stack.editState((state) => state.replaceAll(String(other), id));
    const run = await up({ name: "a", args: {} });
    assert.match(
      run.diagnostics.join("\n"),
      new RegExp(`The secret ${id} was not deleted in Keycard: \`a\` still manages it`),
    );
    assert.notEqual(scene.keycard.secret(id), undefined);
    await scene.stack.destroy();
    assert.equal(scene.keycard.secret(id), undefined);
  });
});
