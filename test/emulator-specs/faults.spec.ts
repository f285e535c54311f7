import assert from "node:assert/strict";
import { connect } from "node:net";
import type { FaultKind } from "../emulator";
import {
  answers,
  askToken,
  body,
  credentials,
  failure,
  form,
  keycard,
  SECRETS,
  send,
  start,
  status,
  useEmulator,
  useToken,
} from "./support";

describe("keycard emulator", () => {
  useEmulator();

  describe("faults", () => {
    /** Starts with a fault that hits the next POST. */
    async function withFault(kind: FaultKind) {
      await start();
      keycard.faults.add({ method: "POST", kind });
    }
    const post = () => send("POST", SECRETS, body);

    for (const [when, created] of [
      ["before", 0],
      ["after", 1],
    ] as const) {
      it(`drops the connection ${when} the work was done`, async () => {
        await withFault({ drop: when });
        assert.equal(await failure(post()), "ECONNRESET");
        assert.equal(keycard.secrets().length, created);
        assert.deepEqual(keycard.calls(), [{ method: "POST", path: SECRETS, body }]);
        assert.equal(keycard.requests[0]?.status, "dropped");
        assert.deepEqual(keycard.requests[0]?.fault, { drop: when });
        assert.equal((await post()).status, 201);
      });

      it(`answers a status ${when} the work was done`, async () => {
        await withFault({ status: 503, when, headers: { "retry-after": "2" } });
        const answer = await post();
        assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "2"]);
        assert.deepEqual(Object.keys(answer.data as object), ["message", "code", "status"]);
        assert.equal(keycard.secrets().length, created);
        assert.equal(keycard.requests[0]?.status, 503);
      });

      it(`waits ${when} the work is done`, async () => {
        await withFault({ delayMs: 300, when });
        const startedAt = Date.now();
        const answer = post();
        await new Promise((resolve) => setTimeout(resolve, 150));
        assert.equal(keycard.secrets().length, created);
        assert.equal((await answer).status, 201);
        assert.ok(Date.now() - startedAt >= 295);
      });
    }

    it("answers a status with the given body", async () => {
      await withFault({ status: 429, body: "slow down", headers: { "content-type": "text/plain" } });
      const { status, data, headers } = await post();
      assert.deepEqual([status, data, headers["content-type"]], [429, "slow down", "text/plain"]);
    });

    const bodies: [FaultKind & { body: string }, (text: string, type: unknown) => void][] = [
      [{ body: "truncated" }, (text) => assert.match(text, /^\{"id":"sec_1"[^}]*$/)],
      [{ body: "empty" }, (text) => assert.equal(text, "")],
      [
        { body: "html" },
        (text, type) => assert.deepEqual([text.slice(0, 9), type], ["<!doctype", "text/html"]),
      ],
      [{ body: "foreign-json" }, (text) => assert.ok(!("id" in (JSON.parse(text) as object)))],
    ];
    for (const [kind, check] of bodies) {
      it(`spoils the body as ${kind.body} after the work`, async () => {
        await withFault(kind);
        const options = { method: "POST", body: JSON.stringify(body) };
        const headers = {
          authorization: `Bearer ${keycard.accessToken}`,
          "content-type": "application/json",
        };
        const answer = await fetch(keycard.url + SECRETS, { ...options, headers });
        assert.equal(answer.status, 201);
        check(await answer.text(), answer.headers.get("content-type"));
        assert.equal(keycard.secrets().length, 1);
      });
    }

    it("spoils even the body of a DELETE", async () => {
      await start();
      keycard.put({ id: "s", zone_id: "z1" });
      keycard.faults.add({ kind: { body: "html" } });
      const [code, text] = await answers("DELETE", `${SECRETS}/s`);
      assert.equal(code, 200);
      assert.match(String(text), /^<!doctype/);
    });

    it("cuts a body off in the middle", async () => {
      await withFault({ body: "cut-off" });
      assert.match((await failure(post())) ?? "", /ECONNRESET|ERR_BAD_RESPONSE/);
      assert.equal(keycard.secrets().length, 1);
    });

    it("sends headers slowly, and then the complete answer", async () => {
      await withFault({ slowHeaders: 400 });
      const startedAt = Date.now();
      const answer = await post();
      assert.deepEqual([answer.status, (answer.data as { id: string }).id], [201, "sec_1"]);
      assert.ok(Date.now() - startedAt >= 375);
    });

    it("sends headers at once and bodies slowly", async () => {
      await withFault({ slowBody: 400 });
      const startedAt = Date.now();
      const headers = { authorization: `Bearer ${keycard.accessToken}`, "content-type": "application/json" };
      const options = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(keycard.url + SECRETS, options);
      assert.ok(Date.now() - startedAt < 300);
      assert.equal(((await answer.json()) as { id: string }).id, "sec_1");
      // The last of ten pieces is sent after nine waits of 40 ms, each of which may end a millisecond early.
      assert.ok(Date.now() - startedAt >= 350);
    });

    for (const [endless, beginning] of [
      ["nothing", /^$/],
      ["interim", /^(HTTP\/1\.1 103 Early Hints\r\n\r\n){3}/],
      ["headers", /^HTTP\/1\.1 200 Endless\r\nx-0: 1\r\nx-1: 1\r\n/],
      ["body", /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n(1\r\n \r\n){3}/],
      ["fast-body", /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n100000\r\n {1000}/],
    ] as const) {
      it(`begins an answer that never ends: ${endless}`, async () => {
        await start();
        keycard.faults.add({ kind: { endless } });
        const socket = connect(Number(new URL(keycard.url).port), "127.0.0.1");
        let received = "";
        socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
        socket.write(
          `GET ${SECRETS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keycard.accessToken}\r\n\r\n`,
        );
        await new Promise((resolve) => setTimeout(resolve, 150));
        assert.match(received, beginning);
        assert.ok(!socket.readableEnded);
        socket.destroy();
        assert.equal(await status("GET", SECRETS), 200);
      });
    }

    it("survives clients that hang up on slow answers", async () => {
      await start();
      for (const kind of [{ slowHeaders: 100 }, { slowBody: 100 }, { delayMs: 50 }]) {
        keycard.faults.add({ kind });
        const signal = AbortSignal.timeout(20);
        const headers = { authorization: `Bearer ${keycard.accessToken}` };
        await assert.rejects(
          fetch(keycard.url + SECRETS, { signal, headers }).then((answer) => answer.text()),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 120));
      assert.equal(await status("GET", SECRETS), 200);
    });

    it("redirects elsewhere instead of doing the work", async () => {
      await withFault({ redirect: "https://example.com/x" });
      const { status, headers } = await post();
      assert.deepEqual([status, headers["location"]], [307, "https://example.com/x"]);
      assert.equal(keycard.secrets().length, 0);
    });

    it("revokes the token of the request that it hits", async () => {
      await start();
      const { data } = await askToken({ ...form, ...credentials() });
      keycard.faults.add({ kind: { revokeToken: true } });
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal(await useToken(data["access_token"]), 401);
      keycard.faults.add({ kind: { revokeToken: true } });
      assert.equal(await useToken(keycard.accessToken), 401);
      assert.equal(await useToken(keycard.accessToken), 200);
    });

    it("shortens the life of the next token", async () => {
      await start();
      keycard.faults.add({ kind: { shortLivedToken: 0.05 } });
      assert.equal(await status("GET", SECRETS), 200);
      const { data } = await askToken({ ...form, ...credentials() });
      assert.equal(data["expires_in"], 0.05);
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal(await useToken(data["access_token"]), 401);
      assert.equal((await askToken({ ...form, ...credentials() })).data["expires_in"], 3600);
    });

    it("hits token requests only if its path matches them", async () => {
      await start();
      const fault = keycard.faults.add({ kind: { status: 500 } });
      assert.equal((await askToken({ ...form, ...credentials() })).status, 200);
      fault.remove();
      keycard.faults.add({ path: /token$/, kind: { status: 500 } });
      assert.equal((await askToken({ ...form, ...credentials() })).status, 500);
      assert.equal(keycard.tokenRequests[1]?.status, 500);
    });

    it("hits by method and path, after a number of requests", async () => {
      await start();
      const kind = { status: 500 };
      const fault = keycard.faults.add({
        method: "get",
        path: (path) => path.includes("z2"),
        times: 2,
        after: 1,
        kind,
      });
      const codes: number[] = [];
      for (const zone of ["z1", "z2", "z1", "z2", "z2", "z2"])
        codes.push(await status("GET", `/zones/${zone}/secrets`));
      assert.deepEqual(codes, [200, 200, 200, 500, 500, 200]);
      assert.equal(fault.hits, 2);
    });

    it("hits at random, but the same requests in each run", async () => {
      const run = async () => {
        await start({ seed: 7 });
        keycard.faults.add({ times: Infinity, probability: 0.5, kind: { status: 500 } });
        const codes: number[] = [];
        for (let call = 0; call < 20; call += 1) codes.push(await status("GET", SECRETS));
        await keycard.close();
        return codes;
      };
      const codes = await run();
      assert.deepEqual(await run(), codes);
      assert.deepEqual(new Set(codes), new Set([200, 500]));
    });

    it("hits nothing after the faults are cleared", async () => {
      await start();
      keycard.faults.add({ times: Infinity, kind: { status: 500 } });
      assert.equal(await status("GET", SECRETS), 500);
      keycard.faults.clear();
      assert.equal(await status("GET", SECRETS), 200);
    });
  });
});
