import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  getSecret,
  getSecretOutput,
  getSecretValueOutput,
  listSecretsOutput,
  Provider,
  Secret,
} from "pulumi-keycard/native";
import { startKeycard, type Keycard } from "../emulator";
import { recorded } from "./support/recorded-run";
import { openScene, token, type Scene } from "./support/scene";
import { closeAll } from "../support/close-all";

describe("explicit providers of the plugin", () => {
  let scene: Scene;
  let other: Keycard;

  before(async () => {
    scene = await openScene({ resource: "native" });
    other = await startKeycard({ clientId: "other", clientSecret: "planted-other-client" });
  });
  after(() => closeAll(other, scene));

  const declare = (
    more: (providers: Record<"one" | "two", Provider>) => unknown,
    secret = other.clientSecret,
  ) =>
    (scene.stack.program = () => {
      const { clientId, clientSecret, url } = scene.keycard;
      const providers = {
        one: new Provider("one", {
          endpoint: url,
          clientId,
          clientSecret,
          zoneId: "zone_one",
          concurrency: 4,
        }),
        two: new Provider("two", {
          endpoint: other.url,
          clientId: pulumi.output(other.clientId),
          clientSecret: secret,
          zoneId: "zone_two",
          readValues: true,
        }),
      };
      const args = { entityId: "ent_1", data: token("value") };
      new Secret("first", args, { provider: providers.one });
      new Secret("second", args, { provider: providers.two });
      return Promise.resolve(more(providers) as Record<string, unknown>);
    });

  it("explicit providers give one program two zones with two credentials, which are never shown", async () => {
    declare(() => ({}));
    await scene.stack.up();
    const zones = [scene.keycard, other].map((keycard) => keycard.calls().map(({ path }) => path));
    assert.deepEqual(
      zones.map((paths) => [...new Set(paths)]),
      [["/zones/zone_one/secrets"], ["/zones/zone_two/secrets"]],
    );
    const { resources } = await scene.stack.exportState();
    const { inputs } = resources.find(({ urn }) => urn.endsWith("keycard-secrets::two")) ?? {};
    assert.match(JSON.stringify(inputs?.["clientSecret"]), /plaintext/);
  });

  it("explicit providers run lookups with their own settings, and return the value as a secret", async () => {
    declare(({ two }) => {
      const found = listSecretsOutput({ entityId: "ent_1" }, { provider: two });
      const id = found.secrets.apply(([secret]) => secret?.id ?? "");
      return {
        names: found.secrets.apply((all) => all.map(({ name, zoneId }) => [name, zoneId])),
        version: getSecretOutput({ id }, { provider: two }).version,
        value: getSecretValueOutput({ id }, { provider: two }).data,
      };
    });
    const { outputs } = await scene.stack.up();
    assert.deepEqual(outputs, { names: [["second", "zone_two"]], version: 1, value: "[secret]" });
  });

  it("the error names the lookup that failed", async () => {
    scene.stack.program = () => getSecret({ id: "sec_404" }).then(() => undefined);
    const { error } = await scene.stack.previewFails();
    assert.match(error, /getSecret\(\{ id: "sec_404" \}\): .*sec_404/);
    scene.stack.program = () => getSecret({ ID: "sec_404" } as never).then(() => undefined);
    assert.match((await scene.stack.previewFails()).error, /`ID` is not an argument. Did you mean `id`\?/);
  });

  it("a changed credential updates only the provider", async () => {
    declare(() => ({}), "planted-rotated-secret");
    const { steps, calls } = await recorded(scene.keycard, () => scene.stack.up());
    assert.deepEqual(steps.map(({ name, op }) => `${name} ${op}`).sort(), ["first same", "second same"]);
    assert.deepEqual(calls, []);
    declare(() => ({}));
    await scene.stack.up();
  });

  it("each setting applies to the requests of its own provider", async () => {
    const { keycard, stack } = scene;
    const { url: endpoint, accessToken } = keycard;
    stack.program = () => {
      const common = { endpoint, accessToken };
      const strict = new Provider("strict", { ...common, zoneId: "zone_strict", readValues: false });
      const limits = { attemptTimeoutSeconds: 1, totalTimeoutSeconds: 2 };
      const hasty = new Provider("hasty", { ...common, zoneId: "zone_hasty", ...limits });
      const { id } = new Secret("unread", { entityId: "ent_1", data: token("unread") }, { provider: strict });
      const value = getSecretValueOutput({ id }, { provider: strict });
      new Secret("late", { entityId: "ent_1", data: token("late") }, { provider: hasty });
      return Promise.resolve({ value });
    };
    keycard.faults.add({ method: "POST", path: /zone_hasty/, times: Infinity, kind: { delayMs: 5_000 } });
    const began = Date.now();
    const { error } = await stack.upFails();
    assert.ok(Date.now() - began < 20_000, "it did not wait for the answers");
    assert.match(error, /getSecretValue\(.*readValues/);
    assert.match(error, /POST \S+zone_hasty\S+ timed out after \S+ s/);
    keycard.faults.clear();
    stack.program = () => Promise.resolve();
    await stack.up();
  });

  it("a component hands its provider down to secrets and lookups", async () => {
    const { keycard, stack } = scene;
    const { url: endpoint, accessToken } = keycard;
    stack.program = () => {
      const provider = new Provider("team", { endpoint, accessToken, zoneId: "zone_team" });
      const team = new pulumi.ComponentResource("test:index:Team", "team", {}, { provider });
      const secret = new Secret("inside", { entityId: "ent_1", data: token("inside") }, { parent: team });
      const found = listSecretsOutput({}, { parent: team, dependsOn: secret });
      return Promise.resolve({ names: found.secrets.apply((all) => all.map(({ name }) => name)) });
    };
    assert.deepEqual((await stack.up()).outputs, { names: ["inside"] });
  });

  it("a rejected credential is that of the provider and of its argument", async () => {
    scene.stack.program = () => {
      const { clientId, url: endpoint } = scene.keycard;
      const settings = { endpoint, clientId, clientSecret: "planted-wrong", zoneId: "zone_one" };
      const provider = new Provider("mine", settings);
      new Secret("rejected", { entityId: "ent_1", data: token("value") }, { provider });
      return Promise.resolve();
    };
    const { error } = await scene.stack.upFails();
    assert.match(
      error,
      /Keycard rejected the client id from `clientId` of the provider `mine` with the client secret from `clientSecret` of the provider `mine`\./,
    );
    assert.doesNotMatch(error, /keycard-secrets:client|planted/);
  });

  it("the preview rejects a setting with a wrong name or value", async () => {
    scene.stack.program = () => {
      new Provider("wrong", { zoneID: "zone_1", concurrency: -1 } as never);
      return Promise.resolve();
    };
    const { error } = await scene.stack.previewFails();
    assert.match(error, /`zoneID` is not an argument of the provider `wrong`. Did you mean `zoneId`\?/);
    assert.match(error, /`concurrency` of the provider `wrong` must be a number above 0/);
    await scene.stack.setConfig({ "keycard-secrets:readvalues": "false" });
    scene.stack.program = () => {
      new Secret("default", { entityId: "ent_1", data: token("value") });
      return Promise.resolve();
    };
    assert.match(
      (await scene.stack.previewFails()).error,
      /keycard-secrets:readvalues is not a setting\. Did you mean `keycard-secrets:readValues`\? .*`pulumi config rm keycard-secrets:readvalues`/,
    );
  });
});
