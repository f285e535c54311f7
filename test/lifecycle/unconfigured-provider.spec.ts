import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
  Provider,
  Secret,
} from "pulumi-keycard/native";
import { recorded } from "./support/recorded-run";
import { openScene, token, type Scene } from "./support/scene";

describe("a lookup through a provider that is not configured yet", () => {
  let scene: Scene;
  let id: string;

  beforeEach(async () => {
    scene = await openScene({ resource: "native" });
    ({ id } = scene.keycard.put({ name: "theirs", metadata: { team: "release" }, data: token("theirs") }));
  });
  afterEach(() => scene.close());

  /** A program whose provider gets its zone from a resource, and that passes the results of lookups on. */
  const declare = (lookUp: (opts: pulumi.InvokeOptions) => unknown) =>
    (scene.stack.program = async () => {
      const made = new Secret("made", { entityId: "ent_2", data: token("made") });
      const provider = new Provider("late", { zoneId: made.version.apply(() => "zone_1") });
      const component = new pulumi.ComponentResource(
        "acme:index:Team",
        "team",
        {},
        { providers: [provider] },
      );
      const all = await Promise.all(
        [{ provider }, { parent: component }].map((opts) => Promise.resolve(lookUp(opts))),
      );
      const one = pulumi.output(all).apply((found) => JSON.stringify(found));
      new Secret("user", { entityId: "ent_2", description: one, data: token("user") });
      return { one };
    });

  const NAMED = { entityId: "ent_1", name: "theirs" };
  const cases: Record<string, (opts: pulumi.InvokeOptions) => unknown> = {
    "getSecret by ID": async (opts) => {
      const { name, version, metadata } = await getSecret({ id }, opts);
      return { name, version, team: metadata?.["team"] };
    },
    "getSecret by name": async (opts) => ({ id: (await getSecret(NAMED, opts)).id }),
    getSecretOutput: (opts) => getSecretOutput({ id: pulumi.output(id) }, opts).metadata,
    getSecretValue: async (opts) => {
      const { data } = await getSecretValue({ id }, opts);
      return { length: data.type === "token" ? data.token.length : data.password.length };
    },
    getSecretValueOutput: (opts) => getSecretValueOutput({ id }, opts).data.apply(({ type }) => ({ type })),
    listSecrets: async (opts) =>
      (await listSecrets({ entityId: "ent_1" }, opts)).secrets.map(({ name }) => name),
    "listSecrets, then getSecret": async (opts) => {
      const { secrets } = await listSecrets({ entityId: "ent_1" }, opts);
      const first = secrets.find(({ name }) => name === "theirs");
      return { version: (await getSecret({ id: first?.id ?? "" }, opts)).version };
    },
    listSecretsOutput: (opts) =>
      listSecretsOutput({ entityId: "ent_1" }, opts).secrets.apply((all) => all.map(({ name }) => name)),
  };

  for (const [name, lookUp] of Object.entries(cases)) {
    it(`${name} is unknown in the preview, and known in the run`, async () => {
      declare(lookUp);
      const preview = await recorded(scene.keycard, () => scene.stack.preview());
      // From SDK 3.276 on, an unknown output that is secret is shown as secret.
      const shown = name === "getSecretValueOutput" ? /^\[secret\]$/ : /^$/;
      assert.equal(
        String(preview.outputs["one"]).replace(shown, pulumi.runtime.unknownValue),
        pulumi.runtime.unknownValue,
      );
      assert.deepEqual(preview.calls, []);
      const planned = preview.steps.find((step) => step.name === "user");
      assert.equal(planned?.op, "create");
      const { outputs } = await scene.stack.up();
      assert.match(
        String(outputs["one"]),
        name.includes("Value") ? /^\[secret\]$|length/ : /theirs|release|sec_1|version/,
      );
      declare(lookUp);
      assert.deepEqual((await scene.stack.preview()).outputs, outputs);
    });
  }
});
