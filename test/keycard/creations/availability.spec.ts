import assert from "node:assert/strict";
import { failureOf } from "../../../provider/keycard/http/errors";
import { removeSecret } from "../../../provider/keycard/presence";
import { PAUSES_MS, SECRET, beginRun, count, ids, keycard, start, useKeycard } from "./support";

describe("a creation in something that is not available yet", () => {
  useKeycard();

  const waits = (notes: string[]) => notes.filter((line) => line.startsWith("Waiting up to"));

  for (const place of [{ zoneId: "zone_1" }, { entityId: "ent_1" }]) {
    const [[key = "", value = ""] = []] = Object.entries(place);
    it(`a create waits for the ${key} that was created in the same run, and prints one line`, async () => {
      await start({ switches: { notFoundCacheMs: 300 } });
      keycard.delay(place, 200);
      const { client, creations, notes } = beginRun();
      if (key === "entityId") await client.listSecrets("zone_1");
      const secrets = [1, 2, 3].map((i) => ({ ...SECRET, name: `s${i}` }));
      await Promise.all(secrets.map((secret) => creations.create("zone_1", secret)));
      assert.equal(ids().length, 3);
      assert.equal(waits(notes).length, 1);
      assert.match(
        notes.join(),
        new RegExp(`up to 1 s for .*${value}.* to become available: Keycard answered 404`),
      );
    });
  }

  it("a create fails when the wait is over, and later ones fail immediately", async () => {
    await start({ zones: ["other"] });
    const { creations, notes } = beginRun();
    const secrets = [1, 2, 3, 4, 5].map((i) => ({ ...SECRET, name: `s${i}`, entityId: `ent_${i}` }));
    const errors = await Promise.all(
      secrets.map((secret) => creations.create("zone_1", secret).catch((error: unknown) => error)),
    );
    for (const error of errors) {
      assert.deepEqual([failureOf(error)?.status, failureOf(error)?.outcome], [404, "refused"]);
      assert.match(
        (error as Error).message,
        /answered 404.*The zone or the entity was not found\. Check both IDs\./,
      );
    }
    assert.ok(count("POST") <= secrets.length * (PAUSES_MS.length + 1), `${count("POST")} requests`);
    keycard.clearLog();
    await assert.rejects(creations.create("zone_1", { ...SECRET, name: "later" }), /answered 404/);
    assert.deepEqual([count("POST"), waits(notes).length], [1, 1]);
  });

  it("a create does not wait after a 404 page that is not Keycard's", async () => {
    await start();
    const { creations, notes } = beginRun();
    keycard.faults.add({ kind: { status: 404, body: "<html>" }, times: Infinity });
    await assert.rejects(
      creations.create("zone_1", SECRET),
      /Could not confirm whether the secret was created/,
    );
    assert.deepEqual(waits(notes), []);
  });

  it("a create waits for a name whose secret was deleted in the same run", async () => {
    await start({ switches: { uniqueNames: true, nameFreedAfterMs: 400 } });
    const { client, creations, notes } = beginRun();
    const { id, createdAt } = await creations.create("zone_1", SECRET);
    await removeSecret(client, { zoneId: "zone_1", id, createdAt, name: SECRET.name });
    assert.equal((await creations.create("zone_1", SECRET)).id, "sec_2");
    assert.deepEqual(waits(notes).length, 1);
    assert.match(
      notes.join(),
      /for the name "deploy" in zone zone_1, whose secret was just deleted, to become free/,
    );
  });

  it("a create does not wait for a name that another secret has", async () => {
    await start({ switches: { uniqueNames: true } });
    const { creations, notes } = beginRun();
    await creations.create("zone_1", SECRET);
    await assert.rejects(creations.create("zone_1", SECRET), /answered 409/);
    assert.deepEqual([count("POST"), notes], [2, []]);
  });
});
