import assert from "node:assert/strict";
import {
  bare,
  failureOf,
  full,
  keycard,
  list,
  nextRun,
  provider,
  start,
  useProvider,
} from "../support/secret-provider";
import { create } from "../support/secret-provider";

describe("a lookup", () => {
  useProvider();

  beforeEach(async () => {
    await start();
    await create(full);
    await create({ ...bare, entityId: "ent_2", name: "gitlab" });
    keycard.clearLog();
  });

  const idsOf = ({ secrets }: { secrets: { id: string }[] }) => secrets.map(({ id }) => id);

  it("of a secret by its id never returns the value", async () => {
    const secret = await provider.lookUp("getSecret", "zone_1", { id: "sec_1" });
    assert.deepEqual([secret.id, secret.name, secret.version], ["sec_1", full.name, 1]);
    assert.deepEqual([secret.description, secret.metadata], [full.description, full.metadata]);
    assert.ok(!("data" in secret));
    assert.deepEqual(
      keycard.calls().map(({ method, path }) => ({ method, path })),
      [{ method: "GET", path: `${list.path}/sec_1` }],
    );
  });

  it("of a secret by its id is answered by the listing if values may not be read", async () => {
    nextRun({ "keycard:readValues": "false" });
    assert.equal((await provider.lookUp("getSecret", "zone_1", { id: "sec_2" })).name, "gitlab");
    assert.deepEqual(
      keycard.calls().map(({ method, path }) => ({ method, path })),
      [list],
    );
    const { message } = await failureOf(provider.lookUp("getSecret", "zone_1", { id: "sec_9" }));
    assert.match(message, /^There is no secret sec_9 in zone zone_1[:.]/);
  });

  it("of a secret by its name needs no more than the listing", async () => {
    assert.equal((await provider.lookUp("getSecret", "zone_1", { name: "gitlab" })).id, "sec_2");
    assert.deepEqual(
      keycard.calls().map(({ method, path }) => ({ method, path })),
      [list],
    );
  });

  it("of a value returns it with its version, by id and by name", async () => {
    const value = { data: full.data, version: 1 };
    assert.deepEqual(await provider.lookUp("getSecretValue", "zone_1", { id: "sec_1" }), value);
    assert.deepEqual(await provider.lookUp("getSecretValue", "zone_1", { name: full.name }), value);
  });

  it("of what does not exist names the secret and the zone", async () => {
    for (const name of ["getSecret", "getSecretValue"] as const) {
      const { message } = await failureOf(provider.lookUp(name, "zone_1", { id: "sec_9" }));
      assert.match(message, /^There is no secret sec_9 in zone zone_1[:.] ?\w+ the id or the zone/i);
    }
  });

  it("of several secrets returns those of an entity, of a type, of a name, or all", async () => {
    const listed = async (filter: object) => idsOf(await provider.lookUp("listSecrets", "zone_1", filter));
    assert.deepEqual(await listed({}), ["sec_1", "sec_2"]);
    assert.deepEqual(await listed({ entityId: "ent_2" }), ["sec_2"]);
    assert.deepEqual(await listed({ type: "password" }), []);
    assert.deepEqual(await listed({ name: full.name }), ["sec_1"]);
  });
});
