import assert from "node:assert/strict";
import { askToken, credentials, form, keycard, start, status, TOKEN, useEmulator, useToken } from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("tokens", () => {
    it("issues tokens for Basic and for form credentials", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      for (const answer of [await askToken(form, basic), await askToken({ ...form, ...credentials() })]) {
        const { access_token, ...rest } = answer.data;
        assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600 });
        assert.equal(await useToken(access_token), 200);
      }
      assert.equal(keycard.tokenRequests.length, 2);
      assert.equal(keycard.requests.length, 2);
    });

    it("accepts form-encoded Basic credentials", async () => {
      await start({ clientId: "a b", clientSecret: "ü+:" });
      assert.equal((await askToken(form, { username: "a+b", password: "%C3%BC%2B%3A" })).status, 200);
      assert.equal((await askToken(form, { username: "a b", password: "ü+:" })).status, 200);
    });

    it("refuses wrong client credentials with 401", async () => {
      await start();
      assert.equal((await askToken(form)).status, 401);
      assert.equal((await askToken({ ...form, ...credentials(), client_secret: "x" })).status, 401);
      assert.equal((await askToken(form, { username: keycard.clientId, password: "x" })).status, 401);
    });

    it("refuses credentials sent in two places", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      assert.equal((await askToken({ ...form, ...credentials() }, basic)).status, 400);
    });

    it("refuses another grant type and a JSON body", async () => {
      await start();
      assert.equal((await askToken({ ...credentials(), grant_type: "password" })).status, 400);
      assert.equal(await status("POST", TOKEN, { ...form, ...credentials() }), 415);
    });

    it("accepts credentials only in the place that the switch names", async () => {
      await start();
      const basic = { username: keycard.clientId, password: keycard.clientSecret };
      keycard.switches.tokenAuth = "basic";
      assert.equal((await askToken(form, basic)).status, 200);
      assert.equal((await askToken({ ...form, ...credentials() })).status, 401);
      keycard.switches.tokenAuth = "form";
      assert.equal((await askToken(form, basic)).status, 401);
      assert.equal((await askToken({ ...form, ...credentials() })).status, 200);
    });

    it("omits expires_in when the switch says so", async () => {
      await start({ switches: { tokenExpiresIn: "omitted" } });
      const { data } = await askToken({ ...form, ...credentials() });
      assert.deepEqual(Object.keys(data), ["access_token", "token_type"]);
    });

    it("lets tokens expire after their lifetime", async () => {
      await start({ switches: { tokenExpiresIn: 0.1 } });
      const { data } = await askToken({ ...form, ...credentials() });
      assert.equal(data["expires_in"], 0.1);
      assert.equal(await useToken(data["access_token"]), 200);
      await new Promise((resolve) => setTimeout(resolve, 110));
      assert.equal(await useToken(data["access_token"]), 401);
    });

    it("revokes issued tokens but not the static one", async () => {
      await start();
      const { data } = await askToken({ ...form, ...credentials() });
      keycard.revokeTokens();
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal(await useToken(keycard.accessToken), 200);
    });

    it("replaces the static token when it is rotated", async () => {
      await start();
      const before = keycard.accessToken;
      const renewed = keycard.renewAccessToken();
      assert.equal(keycard.accessToken, renewed);
      assert.deepEqual([await useToken(before), await useToken(renewed)], [401, 200]);
    });
  });
});
