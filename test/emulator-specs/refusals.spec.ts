import assert from "node:assert/strict";
import { answers, body, keycard, SECRETS, start, status, useEmulator } from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("refusals", () => {
    const refused: [string, string, string, unknown][] = [
      ["a body with an unknown field", "POST", SECRETS, { ...body, type: "token" }],
      ["a body without its name", "POST", SECRETS, { ...body, name: undefined }],
      ["a name that is no string", "POST", SECRETS, { ...body, name: 7 }],
      ["metadata that is no object", "POST", SECRETS, { ...body, metadata: [1] }],
      ["a null in a new secret", "POST", SECRETS, { ...body, description: null }],
      ["a description over 128 characters", "POST", SECRETS, { ...body, description: "ü".repeat(129) }],
      ["data of neither form", "POST", SECRETS, { ...body, data: { type: "key", key: "k" } }],
      ["data with a foreign field", "POST", SECRETS, { ...body, data: { ...body.data, username: "u" } }],
      ["data with a field missing", "PATCH", `${SECRETS}/s`, { data: { type: "password", password: "p" } }],
      ["a PATCH of the entity", "PATCH", `${SECRETS}/s`, { entity_id: "e2" }],
      ["an unknown query parameter", "GET", `${SECRETS}?name=n`, undefined],
      ["a query parameter sent twice", "GET", `${SECRETS}?type=token&type=token`, undefined],
      ["an owner without a type", "GET", `${SECRETS}?owner_type=customer`, undefined],
      ["a type that is not known", "GET", `${SECRETS}?type=key`, undefined],
      ["a path that cannot be decoded", "GET", "/zones/%zz/secrets", undefined],
    ];
    for (const [what, method, path, sent] of refused) {
      it(`refuses ${what} with only a message`, async () => {
        await start();
        keycard.put({ id: "s", zone_id: "z1" });
        const [code, answer] = await answers(method, path, sent);
        assert.deepEqual([code, Object.keys(answer as object)], [400, ["message"]]);
        assert.equal(keycard.secrets().length, 1);
        assert.equal(keycard.requests[0]?.status, 400);
      });
    }

    it("counts a description's characters as code points", async () => {
      await start();
      assert.equal(await status("POST", SECRETS, { ...body, description: "😀".repeat(128) }), 201);
    });

    it("refuses malformed JSON before anything else", async () => {
      await start();
      const headers = { "content-type": "application/json" };
      const answer = await fetch(keycard.url + SECRETS, { method: "POST", headers, body: "{" });
      assert.equal(answer.status, 400);
      assert.deepEqual(keycard.calls(), [{ method: "POST", path: SECRETS }]);
    });

    it("refuses a request id that is no UUID", async () => {
      await start();
      const uuid = "6f1d2a3e-0b7c-4d7e-9a51-0f5f6c1b2d3e";
      assert.equal(await status("GET", SECRETS, undefined, { "X-Client-Request-ID": "1" }), 400);
      assert.equal(await status("GET", SECRETS, undefined, { "X-Client-Request-ID": uuid }), 200);
      assert.deepEqual(keycard.requests.map(({ requestId }) => requestId), ["1", uuid]); // prettier-ignore
    });

    it("refuses a missing or unknown bearer token", async () => {
      await start();
      for (const authorization of ["", "Bearer nonsense", `Basic ${keycard.accessToken}`]) {
        const [code, answer] = await answers("GET", SECRETS, undefined, { authorization });
        assert.deepEqual([code, Object.keys(answer as object)], [401, ["message", "code", "status"]]);
      }
    });

    it("answers 404 for an unknown path", async () => {
      await start();
      assert.equal(await status("GET", "/zones"), 404);
      assert.equal(await status("PUT", SECRETS, body), 404);
    });
  });
});
