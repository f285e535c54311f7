import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Secret, fromCommand, fromEnv, type SecretArgs } from "pulumi-keycard";
import { token } from "./support/scene";
import { openSourceScene, secret, VARIABLE, type SourceScene } from "./support/sources";

/** Converts a value in the way that a template literal does. */
const asText = (value: unknown) => `${value as string}`;

describe("on the engine,", () => {
  let scene: SourceScene;

  beforeEach(async () => (scene = await openSourceScene()));
  afterEach(() => scene.close());

  const program = (declare: () => void) => {
    scene.stack.program = () => {
      declare();
      return Promise.resolve();
    };
  };

  it("the preview rejects values that JSON cannot express, with their paths", async () => {
    const metadata = { deep: [{ when: new Date() }] } as unknown as NonNullable<SecretArgs["metadata"]>;
    program(() => new Secret("a", { entityId: "ent_1", data: token("a"), metadata }));
    const { error } = await scene.stack.previewFails();
    assert.match(error, /Secret a: `metadata\.deep\[0\]\.when` is a Date, which Pulumi would store as \{\}/);
    const later = { when: pulumi.output(1).apply(() => new Map()) } as unknown as typeof metadata;
    program(() => new Secret("a", { entityId: "ent_1", data: token("a"), metadata: later }));
    assert.match((await scene.stack.previewFails()).error, /`metadata\.when` is a Map/);
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("the preview rejects strings made from outputs and objects, wherever they come from", async () => {
    scene.give({ variable: "planted-one" });
    const refusals: [(a: Secret) => SecretArgs, string][] = [
      [
        (a) => ({
          entityId: "ent_1",
          description: pulumi.output(1).apply(() => asText(a.id)),
          data: token("b"),
        }),
        "`description` contains an output in a string, which Pulumi replaced by a warning: write pulumi.interpolate",
      ],
      [
        (a) => ({
          entityId: "ent_1",
          data: {
            type: "token",
            token: a.data.apply((data) => `Bearer ${asText((data as { token: unknown }).token)}`),
          },
        }),
        '`data.token` contains "[object Object]"',
      ],
      [
        () => ({ entityId: "ent_1", data: { type: "token", token: pulumi.secret("") } }),
        "`data.token` is empty: set it to the value, or to a reference",
      ],
    ];
    program(() => void new Secret("a", secret(fromEnv(VARIABLE))));
    await scene.stack.up();
    scene.keycard.clearLog();
    for (const [args, problem] of refusals) {
      program(() => void new Secret("b", args(new Secret("a", secret(fromEnv(VARIABLE))))));
      const { error } = await scene.stack.previewFails();
      assert.ok(error.includes(problem), `${problem} is not in ${error}`);
    }
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("metadata may have keys such as constructor and then", async () => {
    const metadata = { constructor: "b", hasOwnProperty: { valueOf: 1 }, then: "c", length: 2 };
    scene.declare({ a: { entityId: "ent_1", data: token("a"), metadata } });
    await scene.stack.up();
    assert.deepEqual(scene.keycard.secrets()[0]?.metadata, metadata);
    await scene.stack.refresh();
    scene.keycard.clearLog();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    assert.deepEqual(scene.keycard.calls(), []);
  });

  it("a fingerprint of another secret, or an edited one, is computed again", async () => {
    scene.give({ variable: "planted-one" });
    program(() => {
      const a = new Secret("a", secret(fromEnv(VARIABLE)));
      new Secret("b", { entityId: "ent_2", data: a.data });
    });
    await scene.stack.up();
    const first = await scene.assertNoValue();
    assert.notEqual(first["a"]?.split("$")[1], first["b"]?.split("$")[1]);
    assert.deepEqual((await scene.stack.up()).changes, { same: 3 });
    scene.give({ variable: "planted-two" });
    scene.keycard.clearLog();
    await scene.stack.up();
    const bodies = scene.keycard.calls().map(({ method, body }) => [method, body]);
    assert.deepEqual(bodies, Array(2).fill(["PATCH", { data: token("two") }]));
    await scene.assertNoValue();
  });

  it("a change of another part of data requires a value that was never read", async () => {
    scene.declare({
      a: { entityId: "ent_1", data: { type: "password", username: "app", password: "planted-a" } },
    });
    await scene.stack.up();
    scene.keycard.edit("sec_1", { data: { type: "password", username: "app", password: "planted-b" } });
    await scene.stack.setConfig({ "keycard-secrets:readValues": "false" });
    const declare = (username: string) =>
      program(
        () =>
          new Secret(
            "a",
            { entityId: "ent_1", data: { type: "password", username, password: "planted-a" } },
            { ignoreChanges: ["data.password"] },
          ),
      );
    declare("app");
    await scene.stack.up();
    await scene.stack.refresh();
    assert.deepEqual((await scene.stack.up()).changes, { same: 2 });
    declare("other");
    const { error } = await scene.stack.previewFails();
    assert.match(
      error,
      /`data\.password` was changed in Keycard and never read.* remove `data\.password` from/,
    );
    assert.doesNotMatch(error, /must be a string/);
  });

  it("a command gets only those credentials of Pulumi and Keycard that passEnv names", async () => {
    scene.give({ command: "env | cut -d= -f1 | sort > names.txt; echo planted-a" });
    const names = async (passEnv: string[]) => {
      scene.declare({
        a: { entityId: "ent_1", data: { type: "token", token: fromCommand(["./value"], { passEnv }) } },
      });
      await scene.stack.up();
      return readFileSync(join(scene.stack.project, "names.txt"), "utf8").split("\n");
    };
    const secretName = /^(PULUMI_(ACCESS_TOKEN|BACKEND_URL|CONFIG.*)|KEYCARD_(CLIENT_SECRET|ACCESS_TOKEN))$/;
    const usual = await names([]);
    assert.ok(usual.includes("KEYCARD_CLIENT_ID"));
    assert.deepEqual(
      usual.filter((name) => secretName.test(name)),
      [],
    );
    scene.keycard.clearLog();
    const passed = await names(["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "KEYCARD_CLIENT_SECRET"]);
    assert.deepEqual(
      passed.filter((name) => secretName.test(name)),
      ["KEYCARD_CLIENT_SECRET", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"],
    );
    assert.deepEqual(scene.keycard.calls(), [], "the same value is not sent again");
    assert.deepEqual(
      scene.keycard.secrets().map(({ data }) => data),
      [token("a")],
    );
  });
});
