import assert from "node:assert/strict";
import { type Search, findCreated } from "../../../provider/keycard/find-created";
import type { NewSecret, Secret } from "../../../provider/keycard/wire";
import { SECRET, STORED, beginRun, keycard, start, useKeycard } from "./support";

const PATH = "/zones/zone_1/secrets";

describe("the search for a created secret", () => {
  useKeycard();

  function find(search: Partial<Search> = {}, secret: NewSecret = SECRET) {
    const { client } = beginRun();
    const all = { isOther: () => false, ageOf: () => "since" as const, options: () => ({}), ...search };
    return findCreated(client, { zoneId: "zone_1", secret }, all);
  }

  const read = () =>
    keycard.calls().flatMap(({ path }) => (path === PATH ? [] : [path.slice(PATH.length + 1)]));

  it("the search lists the secrets of the entity, and reads only those that may be the one", async () => {
    await start();
    keycard.put({ ...STORED, id: "same" });
    keycard.put({ ...STORED, id: "older" });
    keycard.put({ ...STORED, id: "managed" });
    keycard.put({ ...STORED, id: "renamed", name: "other" });
    keycard.put({ ...STORED, id: "account", data: { type: "password", username: "u", password: "p" } });
    const found = await find({
      isOther: (id) => id === "managed",
      ageOf: ({ id }: Secret) => (id === "older" ? "before" : "since"),
    });
    assert.deepEqual(
      found.created.map(({ id }) => id),
      ["same"],
    );
    assert.deepEqual([found.unclear, found.unread, read()], [[], [], ["same"]]);
    assert.deepEqual({ ...keycard.requests[0]?.query }, { entity_id: "ent_1" });
  });

  it("a secret of another entity is not read if the service ignores the filter", async () => {
    await start();
    const { data, ...row } = keycard.put({ ...STORED, id: "theirs", entity_id: "ent_2" });
    keycard.faults.add({ kind: { status: 200, body: JSON.stringify([{ ...row, type: data.type }]) } });
    assert.deepEqual(await find(), { created: [], unclear: [], unread: [] });
    assert.deepEqual(read(), []);
  });

  it("a secret without a description and metadata is found", async () => {
    await start();
    const { entityId, name, data } = SECRET;
    keycard.put({ id: "bare", entity_id: entityId, name, data });
    keycard.put({ ...STORED, id: "full" });
    const { created } = await find({}, { entityId, name, data });
    assert.deepEqual(
      created.map(({ id }) => id),
      ["bare"],
    );
  });

  describe("while the values are read", () => {
    /** Searches for two secrets, each of which another creation claims as soon as the service answers about it. */
    async function findWhile(isClaimed: boolean, ageOf: Search["ageOf"], isReadable = true) {
      const claimed = new Set<string>();
      const onAnswered = ({ path }: { path: string }) => {
        if (isClaimed && path !== PATH) claimed.add(path.slice(PATH.length + 1));
      };
      await start({ onAnswered });
      for (const id of ["one", "two"]) keycard.put({ ...STORED, id });
      if (!isReadable) keycard.faults.add({ path: /(one|two)$/, kind: { status: 404 }, times: 2 });
      const { created, unclear, unread } = await find({ isOther: (id) => claimed.has(id), ageOf });
      return { created: created.map(({ id }) => id), unclear: unclear.map(({ id }) => id), unread };
    }

    const none = { created: [], unclear: [], unread: [] };
    const both = ["one", "two"];
    const cases = [
      ["that were created since", "since", true, { ...none, created: both }],
      ["of unclear age", "unclear", true, { ...none, unclear: both }],
      ["that cannot be read yet", "since", false, { ...none, unread: both }],
    ] as const;
    for (const [what, age, isReadable, found] of cases) {
      it(`secrets ${what} are found unless another creation claims them`, async () => {
        assert.deepEqual(await findWhile(false, () => age, isReadable), found);
        await keycard.close();
        assert.deepEqual(await findWhile(true, () => age, isReadable), none);
      });
    }
  });

  for (const [entity_id, isError] of [
    ["ent_1", true],
    [undefined, true],
    ["ent_2", false],
  ] as const) {
    it(`a secret of an unknown type and of the same name ${isError ? "may be the one" : "is another one"} with the entity ${entity_id}`, async () => {
      await start();
      const body = [{ type: "certificate", id: "c1", name: SECRET.name, entity_id }];
      keycard.faults.add({ kind: { status: 200, body: JSON.stringify(body) } });
      const search = find();
      if (isError) await assert.rejects(search, /the secret c1 of that name has the type "certificate"/);
      else assert.deepEqual(await search, { created: [], unclear: [], unread: [] });
    });
  }

  it("a value that cannot be read for another reason is an error", async () => {
    await start();
    keycard.put({ ...STORED, id: "one" });
    keycard.faults.add({ path: /one$/, kind: { status: 403 } });
    await assert.rejects(find(), /Could not read the secret: GET \S+one answered 403/);
  });
});
