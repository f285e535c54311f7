import assert from "node:assert/strict";
import { mkdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Secret, type SecretArgs } from "pulumi-keycard";
import { openScene, token, type Scene } from "./support/scene";

describe("the identity of a secret", () => {
  const args: SecretArgs = { entityId: "ent_1", data: token("identity") };
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  it("a change of the zone or entity replaces the secret", async () => {
    scene.declare({ a: args, b: args });
    await scene.stack.up();
    scene.declare({ a: { ...args, zoneId: "zone_2" }, b: { ...args, entityId: "ent_2" } });
    const preview = await scene.stack.preview();
    const replaced = preview.steps.filter(({ op }) => op === "replace");
    assert.deepEqual(replaced.map(({ name, changed }) => [name, changed]).sort(), [
      ["a", ["zoneId"]],
      ["b", ["entityId"]],
    ]);
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard
        .secrets()
        .map(({ zone_id, entity_id, name }) => [zone_id, entity_id, name])
        .sort(),
      [
        ["zone_1", "ent_2", "b"],
        ["zone_2", "ent_1", "a"],
      ],
    );
  });

  it("ids may contain any character", async () => {
    const zoneId = "zo/ne ?ü#1";
    scene.declare({ odd: { ...args, zoneId } });
    await scene.stack.up();
    scene.declare({ odd: { ...args, zoneId, name: "odder" } });
    await scene.stack.up();
    scene.keycard.edit("sec_1", { description: "Theirs" });
    await scene.stack.refresh();
    await scene.stack.destroy();
    const path = "/zones/zo%2Fne%20%3F%C3%BC%231/secrets";
    assert.deepEqual(
      scene.keycard.calls().map(({ method, path }) => [method, path]),
      [
        ["GET", path],
        ["POST", path],
        ["PATCH", `${path}/sec_1`],
        ["GET", path],
        ["GET", `${path}/sec_1`],
        ["DELETE", `${path}/sec_1`],
      ],
    );
    assert.deepEqual(scene.keycard.secrets(), []);
  });

  it("the loader text has fewer than 128 bytes", async () => {
    scene.declare({ a: args });
    await scene.stack.up();
    const loaders = [...(await scene.stack.stateText()).matchAll(/"__provider": ?"((?:[^"\\]|\\.)*)"/g)];
    assert.equal(loaders.length, 2);
    for (const [, text = ""] of loaders) {
      assert.ok(Buffer.byteLength(text) < 128, `${Buffer.byteLength(text)} bytes`);
    }
  });

  it("a secret survives another loader text and changed outputs", async () => {
    scene.declare({ a: args });
    await scene.stack.up();
    scene.keycard.clearLog();
    await scene.stack.editState((state) =>
      state
        .replaceAll("exports.handler=()=>", "exports.handler=function(){return ")
        .replaceAll('.provider"', '.provider}"')
        .replace(/"version": 1,/g, '"version": 3,'),
    );
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
    await scene.stack.destroy();
    assert.deepEqual(scene.keycard.secrets(), []);
  });

  it("a secret survives a missing package, and the error says what to do", async () => {
    scene.declare({ a: args });
    await scene.stack.up();
    const modules = join(scene.stack.project, "node_modules");
    const whole = await readlink(modules);
    await rm(modules);
    await mkdir(modules);
    await symlink(join(whole, "@pulumi"), join(modules, "@pulumi"));
    // The project declares the plugin, which the engine looks for before it loads a dynamic resource.
    await mkdir(join(modules, "pulumi-keycard"));
    await symlink(join(whole, "pulumi-keycard", "plugin"), join(modules, "pulumi-keycard", "plugin"));
    const { error } = await scene.stack.destroyFails();
    assert.ok(error.includes("Cannot find module 'pulumi-keycard/provider'"), error);
    assert.ok(error.includes(`${scene.stack.project}/npm install`), error);
    await rm(modules, { recursive: true });
    await symlink(whole, modules);
    await scene.stack.destroy();
    assert.deepEqual(scene.keycard.secrets(), []);
  });

  it("an existing secret can be read without managing it", async () => {
    const { id } = scene.keycard.put({
      zone_id: "zone_9",
      name: "theirs",
      data: token("theirs"),
      version: 7,
    });
    scene.stack.program = () => {
      const theirs = Secret.get("theirs", id, { zoneId: "zone_9" });
      return Promise.resolve({ name: theirs.name, version: theirs.version, data: theirs.data });
    };
    const { outputs } = await scene.stack.up();
    assert.deepEqual(outputs, { name: "theirs", version: 7, data: "[secret]" });
    await scene.stack.destroy();
    assert.equal(scene.keycard.secrets().length, 1);
  });

  it("a secret that is only read must exist", async () => {
    scene.stack.program = () => {
      Secret.get("theirs", "sec_gone", { zoneId: "zone_9" });
      return Promise.resolve();
    };
    const { error } = await scene.stack.upFails();
    assert.match(error, /There is no secret sec_gone in zone zone_9\. Correct the ID or the zone/);
  });

  it("a secret cannot be imported, and the error names the alternative", async () => {
    scene.stack.program = () => {
      new Secret("theirs", args, { import: "sec_1" });
      return Promise.resolve();
    };
    const { error } = await scene.stack.upFails();
    assert.match(error, /cannot be imported.*`adoptId`/s);
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("thirty secrets share one token and one listing", async () => {
    scene.declare(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`secret-${i}`, args])));
    await scene.stack.up({ parallel: 30 });
    assert.deepEqual([scene.keycard.tokenRequests.length, scene.keycard.requests.length], [1, 31]);
  });
});

describe("a preview", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  it("a preview accepts unknown values", async () => {
    scene.stack.program = () => {
      const first = new Secret("first", { entityId: "ent_1", data: token("first") });
      const entityId = first.id;
      const data = { type: "token", token: pulumi.interpolate`planted-${first.id}` } as const;
      new Secret("second", { entityId, name: first.id, metadata: { first: { id: first.id } }, data });
      new Secret("third", {
        entityId,
        data: first.id.apply((id) => token(id)),
        metadata: { v: first.version },
      });
      return Promise.resolve();
    };
    const preview = await scene.stack.preview();
    assert.deepEqual(preview.changes, { create: 4 });
    await scene.stack.up();
    const second = scene.keycard.secrets().find(({ name }) => name === "sec_1");
    assert.deepEqual([second?.metadata, second?.data], [{ first: { id: "sec_1" } }, token("sec_1")]);
  });

  it("a preview names all mistakes, and shows no value", async () => {
    scene.declare({
      wrong: {
        entityId: "",
        metdata: {},
        description: "with planted-value inside",
        data: { type: "token", token: "planted-value", user: "x" },
      } as unknown as SecretArgs,
    });
    const { error } = await scene.stack.previewFails();
    for (const problem of [
      "`metdata` is not an argument of Secret. Did you mean `metadata`? The arguments are `zoneId`",
      "`entityId` is missing",
      "`data` has `user`, which its type does not have",
      "`description` contains the secret's value",
    ]) {
      assert.ok(error.includes(problem), `${problem} is not in\n${error}`);
    }
  });
});

describe("without a zone", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene({ config: { "keycard-secrets:zoneId": "" } })));
  afterEach(() => scene.close());

  it("without a zone, a secret is neither declared nor read", async () => {
    const advice = /`zoneId` is missing\. Set the argument, .*keycard-secrets:zoneId.*KEYCARD_ZONE_ID/;
    scene.declare({ a: { entityId: "ent_1", data: token("a") } });
    assert.match((await scene.stack.previewFails()).error, advice);
    scene.stack.program = () => {
      Secret.get("theirs", "sec_1", {});
      return Promise.resolve();
    };
    assert.match((await scene.stack.previewFails()).error, advice);
    assert.deepEqual(scene.keycard.calls(), []);
  });
});

describe("without credentials", () => {
  let scene: Scene;

  beforeEach(async () => {
    const env = { KEYCARD_ENDPOINT: "http://127.0.0.1:9", KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" };
    scene = await openScene({ env });
  });
  afterEach(() => scene.close());

  it("without credentials, a preview works and `up` says what is missing", async () => {
    scene.declare({ a: { entityId: "ent_1", data: token("a") } });
    assert.deepEqual((await scene.stack.preview()).changes, { create: 2 });
    const { error } = await scene.stack.upFails();
    assert.match(
      error,
      /KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET.*keycard-secrets:clientId and keycard-secrets:clientSecret/s,
    );
    assert.deepEqual(scene.keycard.calls(), []);
  });
});
