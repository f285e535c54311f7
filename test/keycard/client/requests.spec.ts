import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { accountOf, clientOf, errorOf, startPlainServer } from "../support";
import { keycard, NEW, SECRETS, start, startWithAccount, useClient } from "./support";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("the client", () => {
  useClient();

  describe("requests", () => {
    for (const id of ["", ".", ".."]) {
      it(`the id "${id}", which would address something else, is rejected`, async () => {
        const client = await start();
        await assert.rejects(client.deleteSecret("zone_1", id), /is not a valid (zone|secret) ID/);
        await assert.rejects(client.listSecrets(id), /is not a valid (zone|secret) ID/);
        assert.deepEqual(keycard.calls(), []);
      });
    }

    for (const id of [undefined, null, 7, {}, ["s1"]] as unknown[]) {
      it(`the id ${JSON.stringify(id) ?? "undefined"}, which is not a string, is rejected`, async () => {
        const client = await start();
        const odd = id as string;
        for (const call of [
          () => client.deleteSecret("zone_1", odd),
          () => client.deleteSecret(odd, "s1"),
          () => client.patchSecret(odd, "s1", { name: "n" }),
          () => client.readSecret("zone_1", odd),
          () => client.createSecret(odd, NEW),
          () => client.listSecrets(odd),
        ]) {
          await assert.rejects(
            async () => call(),
            /is not a valid (zone|secret) ID, so nothing was sent\. Set/,
          );
        }
        assert.deepEqual(keycard.calls(), []);
      });
    }

    it("every id in a path is percent-encoded", async () => {
      const client = await start();
      const zoneId = "zo/ne ?ü#1";
      keycard.put({ id: "s/1%?#", zone_id: zoneId });
      await client.readSecret(zoneId, "s/1%?#");
      await client.patchSecret(zoneId, "s/1%?#", { name: "n" });
      await client.deleteSecret(zoneId, "s/1%?#");
      await client.createSecret(zoneId, NEW);
      await client.listSecrets(zoneId);
      const path = "/zones/zo%2Fne%20%3F%C3%BC%231/secrets";
      assert.deepEqual(
        keycard.requests.map((request) => [request.method, request.path, request.status]),
        [
          ["GET", `${path}/s%2F1%25%3F%23`, 200],
          ["PATCH", `${path}/s%2F1%25%3F%23`, 200],
          ["DELETE", `${path}/s%2F1%25%3F%23`, 204],
          ["POST", path, 201],
          ["GET", path, 200],
        ],
      );
    });

    it("requests have an id per call and the user agent", async () => {
      const client = await startWithAccount();
      keycard.faults.add({ kind: { status: 503 }, times: 2 });
      await client.readSecret("z1", "s1");
      await client.readSecret("z1", "s1");
      await client.createSecret("z1", NEW);
      const all = [...keycard.tokenRequests, ...keycard.requests];
      const ids = all.map(({ requestId }) => requestId ?? "");
      const [token, first, again, oncemore, second, third] = ids;
      for (const id of ids) assert.match(id, UUID);
      assert.equal(new Set(ids).size, 4);
      assert.deepEqual([again, oncemore], [first, first]);
      assert.equal(new Set([token, first, second, third]).size, 4);
      assert.deepEqual(
        [...new Set(all.map(({ headers }) => headers["user-agent"]))],
        ["pulumi-keycard/1.2.3"],
      );
    });

    it("an error names the request id that was sent", async () => {
      const client = await start();
      const { message, keycard: failure } = await errorOf(client.readSecret("z1", "none"));
      assert.equal(failure.requestId, keycard.requests[0]?.requestId);
      assert.equal(
        message,
        `Could not read the secret: GET ${SECRETS}/none answered 404, saying "Secret not found" (code not_found) ` +
          `(request ${failure.requestId}). Check the zone ID and the secret ID.`,
      );
    });

    it("requests keep the base path of the endpoint", async () => {
      await start();
      const { data, ...stored } = keycard.secret("s1") ?? assert.fail();
      const server = await startPlainServer((request, response) => {
        const isToken = request.url?.endsWith("token") === true;
        response.end(JSON.stringify(isToken ? { access_token: "t" } : { ...stored, data }));
      });
      const credentials = accountOf(keycard);
      await clientOf(keycard, { endpoint: `${server.url}/base`, credentials }).readSecret("z1", "s1");
      assert.deepEqual(
        server.requests.map(({ method, path, headers }) => [
          method,
          path,
          headers.authorization?.split(" ")[0],
        ]),
        [
          ["POST", "/base/service-account-token", "Basic"],
          ["GET", `/base${SECRETS}/s1`, "Bearer"],
        ],
      );
      await server.close();
    });

    it("requests share a few connections that stay open", async () => {
      const client = await start({}, { concurrency: 4 });
      let sockets = 0;
      const count = () => sockets++;
      subscribe("net.client.socket", count);
      for (let round = 0; round < 3; round++) {
        await Promise.all(Array.from({ length: 10 }, () => client.readSecret("z1", "s1")));
      }
      for (let call = 0; call < 10; call++) await client.readSecret("z1", "s1");
      unsubscribe("net.client.socket", count);
      assert.equal(keycard.requests.length, 40);
      assert.ok(sockets >= 1 && sockets <= 4, `${sockets} sockets`);
    });
  });
});
