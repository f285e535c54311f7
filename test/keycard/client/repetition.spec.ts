import assert from "node:assert/strict";
import sinon from "sinon";
import { removeSecret } from "../../../provider/keycard/presence";
import type { FaultKind } from "../../emulator";
import { LIMITS, assertShowsNone, errorOf, startPlainServer } from "../support";
import { NEW, PATCH, POST, REPEATABLE, keycard, start, statuses, useClient } from "./support";

describe("the client", () => {
  useClient();

  describe("repetition", () => {
    const passing: [what: string, kind: FaultKind][] = [
      ...[408, 500, 502, 503, 504].map((status): [string, FaultKind] => [`a ${status}`, { status }]),
      ["a 503 after the work", { status: 503, when: "after" }],
      ["a connection lost before the work", { drop: "before" }],
      ["a connection lost after the work", { drop: "after" }],
      ["a page instead of JSON", { body: "html" }],
      ["half an answer", { body: "truncated" }],
      ["an answer cut off", { body: "cut-off" }],
      ["a time limit", { delayMs: 450 }],
    ];
    const misread: [what: string, kind: FaultKind][] = [
      ["an empty answer", { body: "empty" }],
      ["foreign JSON", { body: "foreign-json" }],
    ];
    const notDone: [what: string, kind: FaultKind][] = [
      ["a 429", { status: 429 }],
      ["a 425", { status: 425 }],
    ];
    const limitsFor = (kind: FaultKind) => ({ ...LIMITS, ...("delayMs" in kind && { attemptMs: 300 }) });

    for (const { request, make } of REPEATABLE) {
      it(`retries ${request.method} after transient failures`, async () => {
        const onlyRead = request.method === "DELETE" ? [] : misread;
        for (const [what, kind] of [...passing, ...onlyRead, ...notDone]) {
          const client = await start({}, { limits: limitsFor(kind) });
          keycard.faults.add({ kind });
          await make(client);
          assert.deepEqual(keycard.calls(), [request, request], what);
          await keycard.close();
        }
      });
    }

    it("never retries a POST after a failure with an unknown result", async () => {
      for (const [what, kind] of [...passing, ...misread]) {
        const client = await start({}, { limits: limitsFor(kind) });
        keycard.faults.add({ kind });
        const error = await errorOf(client.createSecret("z1", NEW));
        assert.equal(error.keycard.outcome, "unknown", what);
        assert.deepEqual(keycard.calls(), [POST], what);
        assertShowsNone(error, ["planted-token"]);
        await keycard.close();
      }
    });

    it("retries a POST that was certainly not done", async () => {
      for (const [what, kind] of notDone) {
        const client = await start();
        keycard.faults.add({ kind });
        await client.createSecret("z1", NEW);
        assert.deepEqual(keycard.calls(), [POST, POST], what);
        assert.equal(keycard.secrets().length, 2);
        await keycard.close();
      }
    });

    it("retries a POST after a refused connection", async () => {
      sinon.restore();
      const client = await start();
      const port = Number(new URL(keycard.url).port);
      await keycard.close();
      const creation = client.createSecret("z1", NEW);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await start({ port });
      await creation;
      assert.deepEqual(keycard.calls(), [POST]);
    });

    it("treats a deletion as done if a retry after a lost answer gets 404", async () => {
      const client = await start();
      keycard.faults.add({ kind: { drop: "after" } });
      await removeSecret(client, { zoneId: "z1", id: "s1" });
      assert.deepEqual(statuses(), ["dropped", 404, 200]);
    });

    it("does not retry what Keycard rejected", async () => {
      for (const status of [301, 400, 403, 409, 422, 501]) {
        const client = await start();
        keycard.faults.add({ kind: { status } });
        const error = await errorOf(client.patchSecret("z1", "s1", { name: "new" }));
        assert.equal(error.keycard.status, status);
        assert.deepEqual(keycard.calls(), [PATCH]);
        await keycard.close();
      }
    });

    it("does not follow a redirect to another host", async () => {
      const client = await start();
      const elsewhere = await startPlainServer((_request, response) => response.end("{}"));
      for (const status of [301, 302, 303, 307, 308]) {
        keycard.faults.add({ kind: { redirect: elsewhere.url, status } });
        const { message } = await errorOf(client.createSecret("z1", NEW));
        assert.match(message, new RegExp(`answered ${status} \\(.*The endpoint is probably not the address`));
      }
      assert.deepEqual(elsewhere.requests, []);
      await elsewhere.close();
    });

    it("stops retrying at the time limit of the call", async () => {
      const client = await start({}, { limits: { attemptMs: 100, totalMs: 350 } });
      keycard.faults.add({ kind: { delayMs: 5_000 }, times: 99 });
      const begun = Date.now();
      const { message } = await errorOf(client.readSecret("z1", "s1"));
      assert.ok(Date.now() - begun < 2_000);
      assert.match(
        message,
        /timed out after 0(\.\d)? s while waiting for an answer from .* \(request \S+, tried [2-5] times in 0\.\d s\)/,
      );
    });
  });
});
