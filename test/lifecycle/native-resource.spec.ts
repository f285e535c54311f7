import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { fromEnv, Secret, type SecretArgs } from "pulumi-keycard/native";
import { recorded } from "./support/recorded-run";
import { openScene, PLANTED, token, type Scene } from "./support/scene";

const TEXTS = { description: `${PLANTED}description`, note: `${PLANTED}note` };

describe("a secret of the plugin", () => {
  let scene: Scene;
  beforeEach(async () => (scene = await openScene({ resource: "native" })));
  afterEach(() => scene.close());

  const declare = (args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) =>
    (scene.stack.program = () => {
      const { version } = new Secret("a", args, opts);
      return Promise.resolve({ version });
    });

  it("a preview shows each changed leaf, and sends nothing", async () => {
    const args: SecretArgs = {
      entityId: "ent_1",
      metadata: { n: { a: 1, "b.c": [1, 2] }, gone: true },
      data: { type: "password", username: "app", password: `${PLANTED}one` },
    };
    declare(args);
    await scene.stack.up();
    declare({
      ...args,
      description: "new",
      metadata: { n: { a: 2, "b.c": [1, 3] } },
      data: { type: "password", username: "app", password: `${PLANTED}two` },
    });
    const { steps, calls, outputs } = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual(
      steps.map(({ op, detail }) => [op, detail]),
      [
        [
          "update",
          {
            "data.password": "update",
            description: "add",
            "metadata.gone": "delete",
            "metadata.n.a": "update",
            'metadata.n["b.c"][1]': "update",
          },
        ],
      ],
    );
    assert.deepEqual([calls, outputs], [[], { version: pulumi.runtime.unknownValue }]);
    declare({ ...args, entityId: "ent_2" });
    const replaced = (await scene.stack.preview()).steps.filter(({ op }) => op === "replace");
    assert.deepEqual(
      replaced.map(({ detail }) => detail),
      [{ entityId: "update-replace" }],
    );
  });

  it("what the program marks as secret stays secret, also after a refresh", async () => {
    const { keycard, stack } = scene;
    declare({
      entityId: "ent_1",
      description: pulumi.secret(TEXTS.description),
      metadata: { team: "release", nested: { note: pulumi.secret(TEXTS.note) } },
      data: token("value"),
    });
    await stack.up();
    assert.equal(keycard.secrets()[0]?.description, TEXTS.description);
    await stack.refresh();
    const { outputs = {}, inputs = {} } = (await stack.exportState()).resources.at(-1) ?? {};
    for (const { description, metadata, data } of [inputs, outputs]) {
      const { team, nested } = metadata as { team: string; nested: { note: object } };
      assert.equal(team, "release");
      for (const each of [description, nested.note, data]) assert.ok("plaintext" in (each as object));
    }
    // If an error of the service repeats a value, no message shows it.
    keycard.faults.add({
      method: "PATCH",
      kind: { status: 400, body: JSON.stringify({ message: `bad ${TEXTS.description}` }) },
    });
    declare({
      entityId: "ent_1",
      description: pulumi.secret(TEXTS.description),
      metadata: { team: "release", nested: { note: pulumi.secret(TEXTS.note) } },
      data: token("changed"),
    });
    assert.match((await stack.upFails()).error, /PATCH \S+ answered 400, saying "bad \[redacted\]"/);
  });

  it("a preview accepts unknown values, and rejects unknown arguments", async () => {
    scene.stack.program = () => {
      const first = new Secret("first", { entityId: "ent_1", data: token("first") });
      const data = { type: "token" as const, token: pulumi.interpolate`${PLANTED}${first.version}` };
      new Secret("second", { entityId: first.id, metadata: { of: first.version }, data });
      return Promise.resolve();
    };
    const preview = await recorded(scene.keycard, () => scene.stack.preview());
    assert.deepEqual([preview.changes, preview.calls], [{ create: 3 }, []]);
    await scene.stack.up();
    assert.deepEqual(
      scene.keycard.secrets().map(({ entity_id, metadata }) => [entity_id, metadata]),
      [
        ["ent_1", undefined],
        ["sec_1", { of: 1 }],
      ],
    );
    for (const [wrong, message] of [
      [{ entityid: "ent_1" }, /entityId/],
      [{ metadata: { file: new pulumi.asset.StringAsset("text") } }, /`metadata/],
      [{ data: undefined }, /`data`/],
    ] as const) {
      declare({ entityId: "ent_1", data: token("value"), ...wrong } as never);
      assert.match((await scene.stack.previewFails()).error, message);
    }
  });

  it("a secret that is only read stays encrypted, also after a refresh", async () => {
    declare({ entityId: "ent_1", data: token("read") });
    await scene.stack.up();
    const id = await scene.idOf("a");
    scene.stack.program = () => {
      new Secret("a", { entityId: "ent_1", data: token("read") });
      const read = Secret.get("read", id, { zoneId: "zone_1" });
      return Promise.resolve({ name: read.name, data: read.data });
    };
    assert.deepEqual((await scene.stack.up()).outputs, { name: "a", data: "[secret]" });
    await scene.stack.refresh();
    // When the scene is closed, it searches everything that was stored.
    assert.match((await scene.stack.exportState()).text, /"external": ?true/);
  });

  it("a preview reads no secret while its zone is unknown, and the run then reads it in that zone", async () => {
    const { keycard, stack } = scene;
    const { id } = keycard.put({
      zone_id: "zone_2",
      name: "theirs",
      entity_id: "ent_1",
      data: token("theirs"),
    });
    stack.program = () => {
      const first = new Secret("first", { entityId: "ent_1", data: token("first") });
      const read = Secret.get("read", id, {
        zoneId: first.version.apply((version) => `zone_${version + 1}`),
      });
      return Promise.resolve({ name: read.name });
    };
    const preview = await recorded(keycard, () => stack.preview());
    assert.deepEqual(preview.calls, []);
    assert.deepEqual((await stack.up()).outputs, { name: "theirs" });
  });

  it("a preview warns of an unreadable value, and the run fails without it", async () => {
    declare({ entityId: "ent_1", data: { type: "token", token: fromEnv("NOT_SET_BY_ANYBODY") } });
    const { diagnostics } = await scene.stack.preview();
    assert.match(diagnostics.join("\n"), /NOT_SET_BY_ANYBODY/);
    assert.match((await scene.stack.upFails()).error, /NOT_SET_BY_ANYBODY/);
    assert.deepEqual(scene.keycard.calls(), []);
  });
});
