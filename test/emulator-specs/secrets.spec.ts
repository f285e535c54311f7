import assert from "node:assert/strict";
import { answers, body, keycard, password, SECRETS, send, start, status, useEmulator } from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("secrets", () => {
    it("answers a POST with type but without data", async () => {
      await start();
      const { status, data, headers } = await send("POST", SECRETS, { ...body, description: "d" });
      const { created_at, updated_at, ...rest } = data as Record<string, unknown>;
      assert.equal(status, 201);
      assert.deepEqual(rest, {
        id: "sec_1",
        zone_id: "z1",
        entity_id: "e1",
        name: "n",
        description: "d",
        type: "token",
        version: 1,
      });
      assert.match(String(created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(updated_at, created_at);
      assert.ok(headers["date"]);
      assert.deepEqual(keycard.secret("sec_1")?.data, body.data);
    });

    it("answers a single GET with data but without type", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", metadata: { a: [1] } });
      assert.deepEqual(await answers("GET", `${SECRETS}/s`), [200, planted]);
    });

    it("lists a planted secret of an unknown type", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1", data: { type: "certificate", chain: [] } });
      const [code, rows] = await answers("GET", SECRETS);
      assert.deepEqual([code, (rows as { type: string }[]).map(({ type }) => type)], [200, ["certificate"]]);
    });

    it("patches only the fields that were sent", async () => {
      await start();
      const planted = keycard.put({ id: "s", zone_id: "z1", description: "d" });
      const [code, answer] = await answers("PATCH", `${SECRETS}/s`, { data: password });
      const after = keycard.secret("s");
      assert.ok(after && after.updated_at > planted.updated_at);
      assert.deepEqual(after, { ...planted, data: password, version: 2, updated_at: after.updated_at });
      const { data, ...shown } = after;
      assert.deepEqual([code, answer], [200, { ...shown, type: data.type }]);
    });

    it("answers a DELETE with 204 and no body", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      assert.deepEqual(await answers("DELETE", `${SECRETS}/s`), [204, ""]);
      assert.deepEqual(await answers("DELETE", `${SECRETS}/s`), [
        404,
        { message: "Secret not found", code: "not_found", status: 404 },
      ]);
    });

    it("accepts an empty body with a content type", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      const headers = { "content-type": "application/json", authorization: `Bearer ${keycard.accessToken}` };
      const empty = (method: string, path: string) =>
        fetch(keycard.url + path, { method, headers, body: "" });
      assert.equal((await empty("DELETE", `${SECRETS}/s`)).status, 204);
      // A call that needs a body is rejected without one.
      const refused = await empty("POST", SECRETS);
      assert.deepEqual([refused.status, await refused.json()], [400, { message: "body must be object" }]);
    });

    it("lists by owner, and the platform owns nothing", async () => {
      await start();
      keycard.put({ id: "a", zone_id: "z1" });
      const listed = async (owner: string) =>
        (await answers("GET", `${SECRETS}?type=token&owner_type=${owner}`))[1] as unknown[];
      assert.deepEqual([(await listed("customer")).length, (await listed("platform")).length], [1, 0]);
    });

    it("lists a zone by entity and by type", async () => {
      await start();
      keycard.put({ id: "a", zone_id: "z1", entity_id: "e1" });
      keycard.put({ id: "b", zone_id: "z1", entity_id: "e2" });
      keycard.put({ id: "c", zone_id: "z1", entity_id: "e1", data: { ...password, type: "password" } });
      keycard.put({ id: "d", zone_id: "z2", entity_id: "e1" });
      const ids = async (query: string) =>
        ((await send("GET", SECRETS + query)).data as Record<string, unknown>[]).map(({ id, data }) => [
          id,
          data,
        ]);
      assert.deepEqual(await ids(""), [["a", undefined], ["b", undefined], ["c", undefined]]); // prettier-ignore
      assert.deepEqual(await ids("?entity_id=e1"), [["a", undefined], ["c", undefined]]); // prettier-ignore
      assert.deepEqual(await ids("?entity_id=e1&type=password"), [["c", undefined]]);
    });

    it("accepts ids of any characters and length", async () => {
      for (const id of ["zo/ne ?ü#1", "100%", "%2F", "a%252F", "x".repeat(3000)]) {
        await start({ ids: () => id });
        const path = `/zones/${encodeURIComponent(id)}/secrets`;
        assert.equal(await status("POST", path, body), 201);
        assert.equal(await status("GET", `${path}/${encodeURIComponent(id)}`), 200);
        assert.equal(keycard.secret(id)?.zone_id, id);
        assert.equal(keycard.requests[0]?.path, path);
        await keycard.close();
      }
    });

    it("ignores a zone id in the body", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, { ...body, zone_id: "other" }), 201);
      assert.equal(keycard.secret("sec_1")?.zone_id, "z1");
    });

    it("has every zone unless zones are given", async () => {
      await start({ zones: ["z2"] });
      assert.equal(await status("GET", "/zones/z2/secrets"), 200);
      assert.equal((await send("POST", SECRETS, body)).status, 404);
      await keycard.close();
      await start();
      assert.equal(await status("GET", SECRETS), 200);
    });

    it("finds no secret of another zone", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z2" });
      assert.equal(await status("GET", `${SECRETS}/s`), 404);
      assert.equal(await status("PATCH", `${SECRETS}/s`, { name: "x" }), 404);
      assert.equal(await status("DELETE", `${SECRETS}/s`), 404);
      assert.equal(keycard.secrets().length, 1);
    });

    it("can set the server's clock apart from ours", async () => {
      await start({ clockOffsetMs: 3_600_000 });
      const { headers, data } = await send("POST", SECRETS, body);
      const { created_at } = data as { created_at: string };
      for (const time of [String(headers["date"]), created_at]) {
        assert.ok(Math.abs(Date.parse(time) - Date.now() - 3_600_000) < 5000);
      }
    });

    it("makes random ids by default", async () => {
      await start({ ids: "random" });
      assert.match(keycard.put().id, /^[0-9a-z]{26}$/);
      assert.notEqual(keycard.put().id, keycard.put().id);
    });

    it("keeps metadata with keys of any name", async () => {
      await start();
      const metadata = '{"__proto__":{"a":1},"constructor":{"prototype":2}}';
      const text = JSON.stringify(body).replace("}}", `},"metadata":${metadata}}`);
      assert.equal(await status("POST", SECRETS, text, { "content-type": "application/json" }), 201);
      assert.equal(JSON.stringify(keycard.secret("sec_1")?.metadata), metadata);
    });
  });
});
