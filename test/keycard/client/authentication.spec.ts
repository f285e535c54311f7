import assert from "node:assert/strict";
import { isNotFound } from "../../../provider/keycard/http/errors";
import { accountOf, assertShowsNone, clientOf, errorOf } from "../support";
import { GET, NEW, POST, REPEATABLE, keycard, start, startWithAccount, statuses, useClient } from "./support";

describe("the client", () => {
  useClient();

  describe("authentication", () => {
    it("uses one token for thirty calls at once", async () => {
      const client = await startWithAccount();
      await Promise.all(Array.from({ length: 30 }, () => client.readSecret("z1", "s1")));
      assert.equal(keycard.tokenRequests.length, 1);
      assert.deepEqual(statuses(), Array(30).fill(200));
    });

    it("uses a configured access token without requesting another", async () => {
      const client = await start();
      await client.readSecret("z1", "s1");
      assert.deepEqual(keycard.tokenRequests, []);
      assert.equal(keycard.requests[0]?.headers.authorization, `Bearer ${keycard.accessToken}`);
    });

    it("continues with a new token after a 401", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      keycard.revokeTokens();
      await client.createSecret("z1", NEW);
      await client.readSecret("z1", "s1");
      assert.deepEqual(keycard.calls(), [GET, POST, POST, GET]);
      assert.deepEqual(statuses(), [200, 401, 201, 200]);
      assert.equal(keycard.tokenRequests.length, 2);
      assert.equal(keycard.requests[1]?.requestId, keycard.requests[2]?.requestId);
    });

    it("requests one new token for all calls that got a 401", async () => {
      const client = await startWithAccount();
      await client.readSecret("z1", "s1");
      keycard.revokeTokens();
      await Promise.all(Array.from({ length: 30 }, () => client.readSecret("z1", "s1")));
      assert.equal(keycard.tokenRequests.length, 2);
    });

    it("treats a second 401 as an error", async () => {
      const client = await startWithAccount();
      keycard.faults.add({ kind: { revokeToken: true }, times: 9 });
      const { message } = await errorOf(client.patchSecret("z1", "s1", { name: "new" }));
      assert.match(message, /^Could not update the secret: PATCH \/zones\/z1\/secrets\/s1 answered 401/);
      assert.match(message, /Authenticated with the test's account\. Check that these credentials are valid/);
      assert.deepEqual(statuses(), [401, 401]);
      assert.equal(keycard.tokenRequests.length, 2);
    });

    it("treats the first 401 of a configured access token as an error", async () => {
      const client = await start();
      keycard.faults.add({ kind: { revokeToken: true } });
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.match(message, /Authenticated with the test's token\. Check that these credentials are valid/);
      assert.deepEqual(statuses(), [401]);
    });

    it("names the credentials that are not allowed", async () => {
      const client = await start({ switches: { readValues: "forbidden" } });
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.match(
        message,
        /answered 403, .*Authenticated with the test's token\. .* allowed to manage secrets in this zone\./,
      );
    });

    it("tries rejected credentials at most twice over many calls", async () => {
      await start();
      const credentials = { ...accountOf(keycard), clientSecret: "planted-wrong" };
      const client = clientOf(keycard, { credentials });
      await Promise.all(Array.from({ length: 20 }, () => errorOf(client.readSecret("z1", "s1"))));
      const error = await errorOf(client.createSecret("z1", NEW));
      assert.equal(keycard.tokenRequests.length, 2);
      assert.deepEqual(keycard.requests, []);
      assertShowsNone(error, ["planted-wrong", "planted-token"]);
    });

    it("sends no request while there is no token", async () => {
      await start();
      const limits = { attemptMs: 100, totalMs: 600 };
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      keycard.faults.add({ path: /token$/, kind: { drop: "after" }, times: Infinity });
      const error = await errorOf(client.createSecret("z1", NEW));
      assert.equal(error.keycard.outcome, "unreached");
      assert.deepEqual(keycard.requests, []);
      keycard.faults.clear();
      await client.createSecret("z1", NEW);
      assert.deepEqual(keycard.calls(), [POST]);
    });
  });

  describe("a token that does not arrive in time", () => {
    it("the error of a call tells that it waited for a token", async () => {
      await start();
      keycard.faults.add({ path: /token$/, kind: { delayMs: 600 } });
      const limits = { attemptMs: 5_000, totalMs: 200 };
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      const { message, keycard: failure } = await errorOf(client.createSecret("z1", NEW));
      assert.match(
        message,
        /Could not get an access token: POST \S+ timed out after 0\.2 s|0\.2 s, before it was sent: there was no access token yet \(/,
      );
      assert.equal(failure.outcome, "unreached");
      assert.deepEqual(keycard.requests, []);
    });
  });

  describe("a rate limit of the token endpoint that outlasts a call", () => {
    it("the error of a call tells what the token endpoint said, without the credentials", async () => {
      await start();
      const limits = { attemptMs: 5_000, totalMs: 3_000 };
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      const body = { message: `slow down, ${keycard.clientSecret}`, code: "slow" };
      const fault = keycard.faults.add({ path: /token$/, kind: { status: 429, body }, times: Infinity });
      const { message, keycard: failure } = await errorOf(client.createSecret("z1", NEW, { totalMs: 700 }));
      fault.remove();
      assert.match(
        message,
        /^Could not create the secret: POST \S+ timed out after 0\.7 s, before it was sent: there was no access token yet: POST \S+token answered 429, saying "slow down, \[redacted\]" \(code slow\) \(request/,
      );
      assert.equal(failure.outcome, "unreached");
      // The token request continues for others.
      await client.createSecret("z1", NEW);
    });
  });

  describe("a 404 to the request for a token", () => {
    it("a 404 to a token request does not mean that the secret is gone", async () => {
      const client = await startWithAccount();
      for (const body of [{ message: "No such endpoint" }, "", "<html>Not here</html>"]) {
        for (const { make } of REPEATABLE) {
          keycard.faults.add({ path: /token$/, kind: { status: 404, body } });
          const error = await errorOf(make(client));
          assert.equal(isNotFound(error), false);
          assert.match(error.message, /account-token answered 404.*The endpoint is probably not the address/);
        }
      }
      assert.deepEqual(keycard.requests, []);
    });
  });
});
