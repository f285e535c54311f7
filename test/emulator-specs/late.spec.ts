import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import axios from "axios";
import { body, form, keycard, SECRETS, send, start, status, TOKEN, useEmulator } from "./support";

const LAG_MS = 250;

describe("keycard emulator", () => {
  useEmulator();

  describe("what appears late", () => {
    it("a new secret is missing only from listings while listings lag", async () => {
      await start({ switches: { listLagMs: LAG_MS } });
      await send("POST", SECRETS, body);
      assert.deepEqual((await send("GET", SECRETS)).data, []);
      assert.equal(await status("GET", `${SECRETS}/sec_1`), 200);
      await sleep(LAG_MS);
      assert.equal(((await send("GET", SECRETS)).data as unknown[]).length, 1);
    });

    it("a single read of a new secret answers 404 while reads lag", async () => {
      await start({ switches: { readLagMs: LAG_MS } });
      await send("POST", SECRETS, body);
      assert.equal(await status("GET", `${SECRETS}/sec_1`), 404);
      assert.equal(((await send("GET", SECRETS)).data as unknown[]).length, 1);
      await sleep(LAG_MS);
      assert.equal(await status("GET", `${SECRETS}/sec_1`), 200);
    });

    it("a change or deletion of a new secret answers 404 while writes lag", async () => {
      await start({ switches: { writeLagMs: LAG_MS } });
      await send("POST", SECRETS, body);
      assert.equal(await status("PATCH", `${SECRETS}/sec_1`, { name: "m" }), 404);
      assert.equal(await status("DELETE", `${SECRETS}/sec_1`), 404);
      await sleep(LAG_MS);
      assert.equal(await status("PATCH", `${SECRETS}/sec_1`, { name: "m" }), 200);
      assert.equal(await status("DELETE", `${SECRETS}/sec_1`), 204);
    });

    it("a zone or an entity is missing until it exists and the cached 404 has expired", async () => {
      await start({ switches: { notFoundCacheMs: 2 * LAG_MS } });
      keycard.delay({ entityId: "e1" }, LAG_MS);
      keycard.delay({ zoneId: "z2" }, LAG_MS);
      assert.equal(await status("POST", SECRETS, body), 404);
      assert.equal(await status("GET", "/zones/z2/secrets"), 404);
      assert.equal(await status("GET", SECRETS), 200);
      await sleep(LAG_MS);
      // It exists by now, but the earlier answer is still cached.
      assert.equal(await status("POST", SECRETS, body), 404);
      await sleep(LAG_MS);
      assert.equal(await status("POST", SECRETS, body), 201);
      assert.equal(await status("GET", "/zones/z2/secrets"), 200);
    });

    it("a request whose connection was lost may do its work late", async () => {
      await start();
      keycard.faults.add({ method: "POST", kind: { lateWorkMs: LAG_MS } });
      await assert.rejects(send("POST", SECRETS, body), /socket hang up|ECONNRESET/);
      assert.deepEqual(keycard.secrets(), []);
      await sleep(LAG_MS + 100);
      assert.equal(keycard.secrets().length, 1);
      assert.equal(keycard.requests[0]?.status, "dropped");
    });

    it("the name of a deleted secret stays taken for a while", async () => {
      await start({ switches: { uniqueNames: true, nameFreedAfterMs: LAG_MS } });
      await send("POST", SECRETS, body);
      await send("DELETE", `${SECRETS}/sec_1`);
      assert.equal(await status("POST", SECRETS, body), 409);
      await sleep(LAG_MS);
      assert.equal(await status("POST", SECRETS, body), 201);
    });
  });

  it("the times of secrets can be behind the Date header", async () => {
    await start({ switches: { timesBehindMs: 20_000 } });
    const { headers, data } = await send("POST", SECRETS, body);
    const { created_at: createdAt } = data as { created_at: string };
    const behindMs = Date.parse(String(headers["date"])) - Date.parse(createdAt);
    assert.ok(behindMs > 18_000 && behindMs < 22_000, `${behindMs} ms`);
  });

  it("credentials of another organisation get 404 everywhere", async () => {
    await start();
    await send("POST", SECRETS, body);
    const { clientId, clientSecret } = keycard.otherOrganisation;
    const { data } = await axios.post<{ access_token: string }>(
      keycard.url + TOKEN,
      new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
    );
    const authorization = `Bearer ${data.access_token}`;
    for (const [method, path] of [
      ["GET", SECRETS],
      ["GET", `${SECRETS}/sec_1`],
      ["DELETE", `${SECRETS}/sec_1`],
    ] as const) {
      assert.equal(await status(method, path, undefined, { authorization }), 404);
    }
    assert.equal(keycard.secrets().length, 1);
  });
});
