import assert from "node:assert/strict";
import { Creations } from "../../provider/keycard/create-once";
import { failureOf } from "../../provider/keycard/http/errors";
import { Listing } from "../../provider/keycard/listings";
import { NEW, keycard, start, useClient } from "./client/support";

describe("a listing with a row of an unknown type", () => {
  useClient();

  const certificate = { id: "c1", zone_id: "z1", entity_id: "e1", data: { type: "certificate" } };

  for (const list of ["array", "items"] as const) {
    it(`a listing with a row of an unknown type has all other secrets, as ${list}`, async () => {
      const client = await start({ switches: { list, pageSize: 1 } });
      keycard.put(certificate);
      keycard.put({ id: "s2", zone_id: "z1" });
      assert.deepEqual(
        (await client.listSecrets("z1")).map(({ id }) => id),
        ["s1", "s2"],
      );
    });
  }

  it("a secret of an unknown type is not treated as gone", async () => {
    const client = await start();
    keycard.put(certificate);
    const listing = await client.listings.of("z1");
    assert.equal(listing.get("s1")?.id, "s1");
    assert.equal(listing.get("s9"), undefined);
    assert.throws(
      () => listing.get("c1"),
      /The secret c1 has the type "certificate", which .* Update the package/,
    );
  });

  it("a row of an unknown type may lack every other field", async () => {
    const client = await start();
    const { data, ...row } = keycard.secret("s1") ?? assert.fail();
    const body = [
      { type: "folder" },
      { type: "certificate", id: 7, name: null },
      { ...row, type: data.type },
    ];
    keycard.faults.add({ kind: { status: 200, body: JSON.stringify(body) } });
    assert.deepEqual(
      (await client.listSecrets("z1")).map(({ id }) => id),
      ["s1"],
    );
  });

  it("a row of an unknown type keeps the fields that are texts", async () => {
    const client = await start();
    const row = { type: "certificate", id: "c1", entity_id: "e1", name: "n", version: 1 };
    const body = [row, { type: "folder", id: 7, entity_id: null }];
    keycard.faults.add({ kind: { status: 200, body: JSON.stringify(body) } });
    assert.deepEqual(await client.listRows("z1"), {
      secrets: [],
      others: [{ type: "certificate", id: "c1", entityId: "e1", name: "n" }, { type: "folder" }],
    });
  });

  it("a listing of a zone without rows of unknown types has no others", async () => {
    const client = await start();
    assert.deepEqual((await client.listRows("z1")).others, []);
  });

  it("a long type is cut in the error", () => {
    const listing = new Listing({ secrets: [], others: [{ type: "t".repeat(99), id: "c1" }] });
    assert.throws(() => listing.get("c1"), new RegExp(`has the type "t{40}", which`));
  });

  for (const type of [undefined, null, "", 7]) {
    it(`a listing is invalid if the type of a row is ${JSON.stringify(type) ?? "missing"}`, async () => {
      const client = await start();
      keycard.put({ id: "s2", zone_id: "z1" });
      const { data, ...row } = keycard.secret("s1") ?? assert.fail();
      assert.equal(data.type, "token");
      const body = JSON.stringify([{ ...row, type }]);
      keycard.faults.add({ kind: { status: 200, body }, times: Infinity });
      await assert.rejects(client.listSecrets("z1"), /answered 200 with/);
    });
  }

  it("a lost create stays unconfirmed if a row of an unknown type has its name", async () => {
    const client = await start();
    keycard.put({ ...certificate, name: NEW.name });
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    const advice = { takeOver: "adopt it", startAfresh: "forget it" };
    const creations = new Creations(client, new Set(), advice);
    const error: unknown = await creations.create("z1", NEW).catch((thrown: unknown) => thrown);
    assert.match(String(error), /the secret c1 of that name has the type "certificate"/);
    assert.equal(failureOf(error)?.outcome, "unknown");
    assert.equal(keycard.calls().filter(({ method }) => method === "POST").length, 1);
  });

  it("a lost create is found if a row of an unknown type has another name", async () => {
    const client = await start();
    keycard.put(certificate);
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    const advice = { takeOver: "adopt it", startAfresh: "forget it" };
    const { id } = await new Creations(client, new Set(), advice).create("z1", NEW);
    assert.deepEqual(
      keycard.secrets().map((secret) => secret.id),
      ["s1", "c1", id],
    );
  });
});
