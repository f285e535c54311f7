import assert from "node:assert/strict";
import type { KeycardClient } from "../../provider/keycard/client";
import type { Secret, SecretFilter } from "../../provider/keycard/wire";
import { findByName } from "../../provider/secret/lookups";

const rowOf = (id: string, name = "GitHub token", entityId = "e1") => ({ id, name, entityId }) as Secret;

describe("the secret of a name", () => {
  let filters: (SecretFilter | undefined)[];
  const find = (rows: Secret[], sought: { entityId?: string; name: string }) => {
    filters = [];
    const listSecrets = (_zoneId: string, filter?: SecretFilter) => {
      filters.push(filter);
      return Promise.resolve(rows);
    };
    return findByName({ listSecrets } as Partial<KeycardClient> as KeycardClient, "z1", sought);
  };
  const refusal = (rows: Secret[], sought: { entityId?: string; name: string }) =>
    find(rows, sought).then(
      () => assert.fail("one was found"),
      (error: Error) => error.message,
    );

  const sought = { name: "GitHub token" };

  it("is the one that has exactly this name", async () => {
    const rows = [rowOf("s1", "github token"), rowOf("s2"), rowOf("s3", "other")];
    assert.equal((await find(rows, sought)).id, "s2");
    assert.deepEqual(filters, [{}]);
  });

  it("is looked for in one entity alone if that is given", async () => {
    assert.equal((await find([rowOf("s1")], { ...sought, entityId: "e1" })).id, "s1");
    assert.deepEqual(filters, [{ entityId: "e1" }]);
  });

  it("is asked for by its id if several of an entity have the name", async () => {
    assert.match(
      await refusal([rowOf("s1"), rowOf("s2")], { ...sought, entityId: "e1" }),
      /^2 secrets in entity e1 of zone z1 have the name "GitHub token": s1, s2\. .*set `id` instead of `name`\.$/,
    );
    assert.match(
      await refusal([rowOf("s1"), rowOf("s2")], sought),
      /^2 secrets in zone z1 .*: s1 \(entity e1\), s2 \(entity e1\)\. .*`id` instead of `name`\.$/,
    );
  });

  it("is asked for by its id or its entity if it is in several", async () => {
    assert.match(
      await refusal([rowOf("s1"), rowOf("s2", "GitHub token", "e2")], sought),
      /s1 \(entity e1\), s2 \(entity e2\)\. .*`id` instead of `name`, or set `entityId`\.$/,
    );
  });

  it("is told from no more than ten others", async () => {
    const rows = (count: number) => Array.from({ length: count }, (_, index) => rowOf(`s${index + 1}`));
    const inEntity = { ...sought, entityId: "e1" };
    assert.match(await refusal(rows(10), inEntity), /^10 secrets .*: s1, .*s9, s10\. /);
    assert.match(await refusal(rows(12), inEntity), /^12 secrets .*: s1, .*s9, s10 and 2 more\. /);
  });

  it("is refused with similar names if none has it", async () => {
    assert.match(
      await refusal([rowOf("s1", " github  TOKEN "), rowOf("s2", "other")], sought),
      /^There is no secret with the name "GitHub token" in zone z1\. .*name or the zone\. .*: s1 \(" github {2}TOKEN "\)\.$/,
    );
    assert.match(
      await refusal([rowOf("s1", "other")], { ...sought, entityId: "e1" }),
      /^There is no secret with the name "GitHub token" in entity e1 of zone z1\. .*the name, the entity or the zone\.$/,
    );
  });
});
