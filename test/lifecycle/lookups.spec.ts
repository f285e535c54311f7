import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import * as dynamicLookups from "pulumi-keycard";
import {
  Secret,
  getSecret,
  getSecretOutput,
  getSecretValue,
  getSecretValueOutput,
  listSecrets,
  listSecretsOutput,
} from "pulumi-keycard";
import * as nativeLookups from "pulumi-keycard/native";
import { NAME_OF, RESOURCES } from "../support/resource-kinds";
import { type Scene, openScene, token } from "./support/scene";

const LOOKUPS = { dynamic: dynamicLookups, native: nativeLookups };

const PATH = "/zones/zone_1/secrets";

describe("a lookup", () => {
  let scene: Scene;

  beforeEach(async () => (scene = await openScene()));
  afterEach(() => scene.close());

  it("a lookup returns everything but the value in plain text, and the value as a secret", async () => {
    const stored = scene.keycard.put({
      name: "GitHub token",
      description: "Theirs",
      metadata: { team: "release" },
      data: token("looked-up"),
      version: 7,
    });
    const data = { type: "password", username: "planted-app", password: "planted-password" } as const;
    scene.keycard.put({ zone_id: "zone_2", entity_id: "ent_2", name: "Account", data });
    const { id } = stored;
    const found = {
      id,
      zoneId: "zone_1",
      entityId: "ent_1",
      name: "GitHub token",
      description: "Theirs",
      metadata: { team: "release" },
      type: "token",
      version: 7,
      createdAt: stored.created_at,
      updatedAt: stored.updated_at,
    };

    let value: unknown;
    scene.stack.program = async () => {
      value = await getSecretValue({ id });
      const listed = listSecretsOutput({ zoneId: pulumi.output("zone_2"), type: "password" }).secrets;
      return {
        plain: await getSecret({ id }),
        output: getSecretOutput({ id: pulumi.output(id) }),
        list: (await listSecrets()).secrets,
        names: listed.apply((all) => all.map(({ entityId, name }) => `${entityId} ${name}`)),
        others: (await listSecrets({ entityId: "ent_2" })).secrets,
        value: getSecretValueOutput({ id }),
        part: getSecretValueOutput({ id }).apply(({ version }) => version),
      };
    };
    const { outputs } = await scene.stack.up();
    assert.deepEqual(outputs, {
      plain: found,
      output: found,
      list: [found],
      names: ["ent_2 Account"],
      others: [],
      value: "[secret]",
      part: "[secret]",
    });
    assert.deepEqual(value, { data: token("looked-up"), version: 7 });
    assert.deepEqual(
      scene.keycard.requests.map(({ path }) => path).sort(),
      ["/zones/zone_2/secrets", PATH, PATH, ...Array<string>(5).fill(`${PATH}/${id}`)].sort(),
    );
    // The program's preview and its update run in one process here.
    assert.equal(scene.keycard.tokenRequests.length, 1);
  });

  it("a lookup with unknown arguments sends nothing in a preview", async () => {
    const results: unknown[] = [];
    scene.stack.program = () => {
      const entityId = "ent_1";
      const secret = new Secret("new", { entityId, data: token("new") });
      const component = new pulumi.ComponentResource("example:Team", "team");
      new Secret("child", { entityId, data: token("child") }, { parent: component });
      const lookups: pulumi.Output<unknown>[] = [
        getSecretOutput({ id: secret.id }),
        getSecretValueOutput({ id: secret.id }).version,
        listSecretsOutput({}, { dependsOn: secret }).secrets,
        listSecretsOutput({}, { dependsOn: [component] }).secrets,
      ];
      for (const lookup of lookups) lookup.apply((result) => results.push(result));
      return Promise.resolve();
    };
    await scene.stack.preview();
    assert.deepEqual([scene.keycard.requests, scene.keycard.tokenRequests, results], [[], [], []]);

    await scene.stack.up();
    assert.equal(results.length, 4);
    const { id } = scene.keycard.secrets().find(({ name }) => name === "new") ?? {};
    const methods = scene.keycard.calls().map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(
      methods.sort(),
      [
        ...Array<string>(2).fill(`POST ${PATH}`),
        // Two of the lookups, and one of the creates.
        ...Array<string>(3).fill(`GET ${PATH}`),
        ...Array<string>(2).fill(`GET ${PATH}/${id}`),
      ].sort(),
    );
  });

  it("the error of a lookup names the secret that does not exist", async () => {
    scene.stack.program = () => getSecret({ id: "sec_gone" });
    const { error } = await scene.stack.previewFails();
    assert.match(error, /There is no secret sec_gone in zone zone_1\. Correct the ID or the zone/);
  });
});

for (const resource of RESOURCES) {
  const { getSecret, getSecretOutput, getSecretValue, getSecretValueOutput, listSecrets, listSecretsOutput } =
    LOOKUPS[resource];

  describe(`a lookup by name through ${NAME_OF[resource]}`, () => {
    let scene: Scene;

    beforeEach(async () => (scene = await openScene({ resource })));
    afterEach(() => scene.close());

    it("a lookup by name finds the one secret, within an entity if one is given", async () => {
      const { keycard, stack } = scene;
      const first = keycard.put({ name: "GitHub token", data: token("first") }).id;
      const second = keycard.put({ entity_id: "ent_2", name: "GitHub token", data: token("second") }).id;
      const other = keycard.put({ name: "github token", data: token("other") }).id;
      let value: unknown;
      stack.program = async () => {
        value = await getSecretValue({ entityId: "ent_2", name: "GitHub token" });
        const name = pulumi.output("GitHub token");
        return {
          exact: (await getSecret({ name: "github token" })).id,
          inEntity: getSecretOutput({ entityId: "ent_1", name }).id,
          value: getSecretValueOutput({ entityId: "ent_1", name }),
          list: (await listSecrets({ name: "GitHub token" })).secrets.map(({ id }) => id),
          inList: listSecretsOutput({ entityId: "ent_2", name }).secrets.apply((all) =>
            all.map(({ id }) => id),
          ),
        };
      };
      const { outputs } = await stack.up();
      assert.deepEqual(outputs, {
        exact: other,
        inEntity: first,
        value: "[secret]",
        list: [first, second],
        inList: [second],
      });
      assert.deepEqual((value as { data: unknown }).data, token("second"));
      // No query contains a name, and only a value needs a request in addition to the listing.
      const reads = keycard.calls().filter(({ path }) => path !== PATH);
      assert.deepEqual(
        reads.map(({ path }) => path).sort(),
        [`${PATH}/${first}`, `${PATH}/${second}`].sort(),
      );
      assert.ok(keycard.requests.every(({ method }) => method === "GET"));
    });

    it("a lookup by name lists the ids if several secrets have it, and similar names if none has it", async () => {
      const { keycard, stack } = scene;
      const ids = ["ent_1", "ent_1", "ent_2"].map(
        (entity_id) => keycard.put({ entity_id, name: "Twin", data: token("twin") }).id,
      );
      const ambiguous = async (lookup: () => Promise<unknown>) => {
        stack.program = async () => void (await lookup());
        return (await stack.previewFails()).error;
      };
      const inZone = await ambiguous(() => getSecret({ name: "Twin" }));
      const [one, two, three] = ids;
      assert.ok(
        inZone.includes(
          `getSecret({ name: "Twin" }): 3 secrets in zone zone_1 have the name "Twin": ${one} (entity ent_1), ` +
            `${two} (entity ent_1), ${three} (entity ent_2). To choose one, set \`id\` instead of \`name\`, or set \`entityId\`.`,
        ),
        inZone,
      );
      const inEntity = await ambiguous(() => getSecretValue({ entityId: "ent_1", name: "Twin" }));
      assert.ok(
        inEntity.includes(
          `2 secrets in entity ent_1 of zone zone_1 have the name "Twin": ${one}, ${two}. To choose one, set \`id\` instead of \`name\`.`,
        ),
        inEntity,
      );
      const none = await ambiguous(() => getSecret({ entityId: "ent_2", name: "TWIN " }));
      assert.ok(
        none.includes(
          'There is no secret with the name "TWIN " in entity ent_2 of zone zone_1. Correct the name, the entity or the zone. ' +
            `Similar names: ${three} ("Twin").`,
        ),
        none,
      );
      assert.ok(keycard.calls().every(({ path }) => path === PATH));
    });
  });
}

describe("a lookup without credentials", () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = await openScene({ env: { KEYCARD_CLIENT_ID: "", KEYCARD_CLIENT_SECRET: "" } });
  });
  afterEach(() => scene.close());

  it("a lookup without credentials says what to set", async () => {
    scene.stack.program = () => listSecrets();
    const { error } = await scene.stack.previewFails();
    assert.match(
      error,
      /listSecrets\(\{\}\): No Keycard credentials found\. Set KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or keycard-secrets:clientId/,
    );
  });
});
