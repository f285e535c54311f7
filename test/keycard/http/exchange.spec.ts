import assert from "node:assert/strict";
import dns from "node:dns";
import http from "node:http";
import { Duplex } from "node:stream";
import sinon from "sinon";
import type { Failure, Call } from "../../../provider/keycard/http/errors";
import type { Exchange } from "../../../provider/keycard/http/request";
import { interruptible } from "../../../provider/keycard/http/time";
import { startKeycard, type FaultKind, type Keycard } from "../../emulator";
import { startRawServer } from "../../support/raw-server";
import { assertShowsNone, errorOf, exchangeWith, startPlainServer, timeOf } from "../support";

const PATH = "/zones/z1/secrets/s1";
const PLANTED = 'planted-"value"/+ü 1%\'';

/** How errors of an exchange name the address of its requests. */
const placeOf = (endpoint: string) => `${new URL(endpoint).host} (the endpoint in KEYCARD_ENDPOINT)`;

describe("exchange", () => {
  let keycard: Keycard;
  let exchange: Exchange;
  beforeEach(async () => {
    keycard = await startKeycard();
    keycard.put({ id: "s1", zone_id: "z1" });
    exchange = exchangeWith(keycard.url, { userAgent: "pulumi-keycard/1.2.3" });
  });
  afterEach(async () => {
    sinon.restore();
    await keycard.close();
  });

  function call(details: Partial<Call> = {}): Call {
    return {
      action: "read the secret",
      method: "GET",
      path: PATH,
      headers: { Authorization: `Bearer ${keycard.accessToken}` },
      requestId: "11111111-2222-4333-8444-555555555555",
      attempt: 1,
      hidden: [],
      ...details,
    };
  }

  async function failureOfFault(kind: FaultKind, details: Partial<Call> = {}, limitMs = 5_000) {
    keycard.faults.add({ kind });
    return errorOf(exchange.send(call(details), timeOf(limitMs)));
  }

  describe("requests", () => {
    it("a request has the request id, the user agent and a JSON body", async () => {
      await exchange.send(call({ method: "PATCH", body: { name: "n" } }), timeOf(5_000));
      const [request] = keycard.requests;
      assert.deepEqual(keycard.calls(), [{ method: "PATCH", path: PATH, body: { name: "n" } }]);
      assert.equal(request?.requestId, "11111111-2222-4333-8444-555555555555");
      assert.equal(request?.headers["user-agent"], "pulumi-keycard/1.2.3");
      assert.equal(request?.headers.accept, "application/json");
      assert.equal(request?.headers["content-type"], "application/json");
    });

    it("the query is encoded", async () => {
      const query = { entity_id: "e&1=ü /", type: "token" };
      await exchange.send(call({ path: "/zones/z1/secrets", query }), timeOf(5_000));
      assert.deepEqual({ ...keycard.requests[0]?.query }, query);
    });

    it("the base path of the endpoint is kept", async () => {
      const server = await startPlainServer((_request, response) => response.end("{}"));
      await exchangeWith(`${server.url}/some/base`).send(call(), timeOf(5_000));
      assert.equal(server.requests[0]?.path, `/some/base${PATH}`);
      await server.close();
    });

    it("a connection that the service is about to close is not used", async () => {
      for (const [seconds, idleMs, connections] of [
        [1, 50, 2],
        [2, 1_100, 2],
        [5, 50, 1],
      ] as const) {
        const ports = new Set<number | undefined>();
        const server = await startPlainServer((_request, response) => {
          ports.add(response.socket?.remotePort);
          response
            .setHeader("Connection", "keep-alive")
            .setHeader("Keep-Alive", `timeout=${seconds}`)
            .end("{}");
        });
        const hinted = exchangeWith(server.url);
        await hinted.send(call(), timeOf(5_000));
        await new Promise((resolve) => setTimeout(resolve, idleMs));
        await hinted.send(call(), timeOf(5_000));
        assert.equal(ports.size, connections, `a hint of ${seconds} s`);
        await server.close();
      }
    });

    it("of many silently dead connections only the first costs time", async () => {
      let isDead = false;
      const server = await startPlainServer((_request, response) => {
        const { socket } = response;
        const wasThere = (socket as { before?: boolean } | null)?.before === true;
        if (socket) Object.assign(socket, { before: true });
        // A connection from before never answers again, as behind a firewall that has forgotten it.
        if (!(isDead && wasThere)) setTimeout(() => response.end("{}"), 50);
      });
      const many = exchangeWith(server.url, { concurrency: 16 });
      await Promise.all(Array.from({ length: 16 }, () => many.send(call(), timeOf(5_000))));
      isDead = true;
      await new Promise((resolve) => setTimeout(resolve, 50));
      const error = await errorOf(many.send(call({ method: "PATCH" }), timeOf(300)));
      assert.match(error.message, /timed out after 0\.3 s/);
      assert.equal((await many.send(call({ method: "PATCH" }), timeOf(2_000))).status, 200);
      await server.close();
    });

    it("the number of requests at once is limited", async () => {
      keycard.faults.add({ kind: { delayMs: 50 }, times: 12 });
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, keycard.requests.filter(({ status }) => status === undefined).length);
      }, 2);
      await Promise.all(Array.from({ length: 12 }, () => exchange.send(call(), timeOf(5_000))));
      clearInterval(watch);
      assert.equal(most, 4);
    });
  });

  describe("answers", () => {
    it("an answer is parsed, and its date sets the clock of the service", async () => {
      await keycard.close();
      keycard = await startKeycard({ clockOffsetMs: -3_600_000 });
      keycard.put({ id: "s1", zone_id: "z1" });
      const other = exchangeWith(keycard.url);
      const answer = await other.send(call(), timeOf(5_000));
      assert.equal(answer.status, 200);
      assert.equal((answer.body as { id: string }).id, "s1");
      const theirs = other.clock.earliestAt(performance.now()) ?? 0;
      assert.ok(Math.abs(Date.now() - 3_600_000 - theirs) < 5_000);
    });

    it("an answer without a date does not set the clock", async () => {
      const server = await startPlainServer((_request, response) => {
        response.sendDate = false;
        response.end("{}");
      });
      const other = exchangeWith(server.url);
      await other.send(call(), timeOf(5_000));
      assert.equal(other.clock.earliestAt(performance.now()), undefined);
      await server.close();
    });

    it("every 2xx status is a success, with or without a body", async () => {
      for (const status of [200, 201, 202, 204]) {
        keycard.faults.add({ kind: { status, body: "" } });
        const answer = await exchange.send(call(), timeOf(5_000));
        assert.deepEqual([answer.status, answer.body], [status, undefined]);
      }
    });
  });

  describe("failures", () => {
    type Expected = Pick<Failure, "status" | "outcome" | "event">;
    const faults: [title: string, kind: FaultKind, expected: Expected][] = [
      [
        "the error of a rejection has the service's message",
        { status: 400, body: { message: "name is too long", code: "bad_name" } },
        { status: 400, outcome: "refused", event: 'answered 400, saying "name is too long" (code bad_name)' },
      ],
      [
        "the error of a rejection has the service's code if there is no message",
        { status: 400, body: { code: "bad_name" } },
        { status: 400, outcome: "refused", event: "answered 400 (code bad_name)" },
      ],
      [
        "a rejection needs no message",
        { status: 422, body: "" },
        { status: 422, outcome: "refused", event: "answered 422" },
      ],
      [
        "a message that is not a string is ignored",
        { status: 400, body: { message: { token: "t" }, code: 7 } },
        { status: 400, outcome: "refused", event: "answered 400" },
      ],
      [
        "the body of a page that rejects is not shown",
        { status: 403, body: "<html>Please sign in</html>" },
        { status: 403, outcome: "refused", event: "answered 403 with a body that is not JSON" },
      ],
      [
        "a foreign 404 page does not mean that the secret is gone",
        { status: 404, body: "<html>Not here</html>" },
        { status: 404, outcome: "unknown", event: "answered 404 with a body that is not JSON" },
      ],
      [
        "the result of a 500 is unknown",
        { status: 500, body: { message: "oops" } },
        { status: 500, outcome: "unknown", event: 'answered 500, saying "oops"' },
      ],
      [
        "a redirect is not followed, and its target is not shown",
        { redirect: "http://127.0.0.1:1/elsewhere?planted" },
        { status: 307, outcome: "refused", event: "answered 307" },
      ],
      [
        "the result of a 303 is unknown",
        { redirect: "http://127.0.0.1:1/elsewhere?planted", status: 303 },
        { status: 303, outcome: "unknown", event: "answered 303" },
      ],
      [
        "a page instead of JSON is named",
        { body: "html" },
        { status: 200, outcome: "unknown", event: "answered 200 with a body that is not JSON" },
      ],
      [
        "truncated JSON is named",
        { body: "truncated" },
        { status: 200, outcome: "unknown", event: "answered 200 with a body that is not JSON" },
      ],
      [
        "the error of an interrupted answer names the cause",
        { body: "cut-off" },
        {
          status: 0,
          outcome: "unknown",
          event: "received only part of the answer from HOST: ERR_BAD_RESPONSE",
        },
      ],
      [
        "the error of a lost connection names the cause",
        { drop: "before" },
        { status: 0, outcome: "unknown", event: "got no answer from HOST: ECONNRESET" },
      ],
    ];
    for (const [title, kind, expected] of faults) {
      it(title, async () => {
        const { keycard: failure, message } = await failureOfFault(kind);
        const { status, outcome, event } = failure;
        const expectedEvent = expected.event.replace("HOST", placeOf(keycard.url));
        assert.deepEqual({ status, outcome, event }, { ...expected, event: expectedEvent });
        assert.ok(
          message.startsWith(
            `Could not read the secret: GET ${PATH} ${event} (request 11111111-2222-4333-8444-555555555555). `,
          ),
          message,
        );
        assert.equal(keycard.requests.length, 1);
      });
    }

    it("a long message of the service is cut", async () => {
      const error = await failureOfFault({ status: 400, body: { message: `a\n b${"c".repeat(5000)}` } });
      assert.match(error.message, /saying "a bc{297}" \(/);
    });

    it("no request is sent if no time is left", async () => {
      for (const totalMs of [0, -5]) {
        const error = await errorOf(exchange.send(call(), timeOf(5_000, totalMs)));
        assert.match(error.message, /timed out after 0 s, before it was sent: no time was left/);
        assert.equal(error.keycard.outcome, "unreached");
      }
      assert.deepEqual(keycard.requests, []);
    });

    for (const [concurrency, what] of [
      [1, "the only connection was in use"],
      [2, "all 2 connections were in use"],
    ] as const) {
      it(`the error of a request that was not sent tells that ${what}`, async () => {
        const busy = exchangeWith(keycard.url, { concurrency });
        keycard.faults.add({ kind: { endless: "nothing" }, times: concurrency });
        const pending = Array.from({ length: concurrency }, () => errorOf(busy.send(call(), timeOf(400))));
        const { message } = await errorOf(busy.send(call(), timeOf(400, 100)));
        assert.ok(message.includes(`timed out after 0.1 s, before it was sent: ${what} (`), message);
        await Promise.all(pending);
        assert.equal(keycard.requests.length, concurrency);
      });
    }

    it("a request that is cancelled while it waits for a connection is not sent", async () => {
      const one = exchangeWith(keycard.url, { concurrency: 1 });
      keycard.faults.add({ kind: { delayMs: 200 } });
      const first = one.send(call(), timeOf(5_000));
      const run = new AbortController();
      const second = interruptible(run.signal, () => errorOf(one.send(call(), timeOf(5_000))));
      run.abort({ event: "was cancelled", remedy: "Run it again." });
      assert.match((await second).message, /was cancelled before it was sent .*\. Run it again\.$/);
      await first;
      assert.equal(keycard.requests.length, 1);
    });

    it("a refused connection is told apart from a lost one", async () => {
      await keycard.close();
      for (const endpoint of [keycard.url, keycard.url.replace("127.0.0.1", "localhost")]) {
        const { keycard: failure } = await errorOf(exchangeWith(endpoint).send(call(), timeOf(5_000)));
        assert.equal(failure.event, `did not reach ${placeOf(endpoint)}: ECONNREFUSED`);
        assert.equal(failure.outcome, "unreached");
        assert.equal(failure.lasting, undefined);
      }
    });

    it("the result is unknown if the network fails during a request", async () => {
      for (const [hasConnected, outcome] of [
        [true, "unknown"],
        [false, "unreached"],
      ] as const) {
        const gone = Object.assign(new Error("read EHOSTUNREACH"), { code: "EHOSTUNREACH" });
        const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(gone) });
        const calm = ["setTimeout", "setNoDelay", "setKeepAlive", "ref", "unref"];
        Object.assign(socket, Object.fromEntries(calm.map((name) => [name, () => socket])));
        sinon.stub(http.Agent.prototype, "createConnection").returns(socket);
        if (hasConnected) setImmediate(() => socket.emit("connect"));
        socket.cork();
        setTimeout(() => socket.uncork(), 20);
        const post = call({ method: "POST" });
        const { keycard: failure } = await errorOf(exchange.send(post, timeOf(5_000)));
        assert.deepEqual([failure.outcome, failure.event.endsWith("EHOSTUNREACH")], [outcome, true]);
        sinon.restore();
      }
    });

    it("an unknown host is a permanent cause", async () => {
      sinon
        .stub(dns, "lookup")
        .callsFake(((_host: string, _options: unknown, done: (e: Error) => void) =>
          done(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }))) as typeof dns.lookup);
      const nowhere = exchangeWith("https://keycard.invalid");
      const { keycard: failure } = await errorOf(nowhere.send(call(), timeOf(5_000)));
      assert.equal(
        failure.event,
        "did not reach keycard.invalid (the endpoint in KEYCARD_ENDPOINT): ENOTFOUND",
      );
      assert.match(failure.remedy ?? "", /The host name is unknown\. Check the address of the endpoint\./);
      assert.deepEqual([failure.outcome, failure.lasting], ["unreached", true]);
    });

    it("the error names a port without TLS", async () => {
      const tls = exchangeWith(keycard.url.replace("http:", "https:"));
      const { keycard: failure, message } = await errorOf(tls.send(call(), timeOf(5_000)));
      assert.deepEqual([failure.outcome, failure.lasting], ["unreached", true]);
      const { host } = new URL(keycard.url);
      assert.ok(
        message.includes(`did not reach ${host} (the endpoint in KEYCARD_ENDPOINT): EPROTO (`),
        message,
      );
      assert.match(message, /The port of the endpoint does not support TLS\. Check the port\.$/);
    });

    it("a server that rejects the TLS handshake is told apart from a port without TLS", async () => {
      // A fatal alert of TLS 1.2: handshake failure.
      const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
      const strict = await startRawServer((socket) => socket.once("data", () => socket.end(alert)));
      const tls = exchangeWith(`https://127.0.0.1:${strict.port}`);
      const { keycard: failure, message } = await errorOf(tls.send(call(), timeOf(5_000)));
      assert.match(message, /The endpoint rejected the TLS handshake\./);
      assert.deepEqual([failure.outcome, failure.lasting], ["unreached", true]);
      await strict.close();
    });

    it("a broken TLS handshake certainly carried no request", async () => {
      const rude = await startRawServer((socket) => socket.once("data", () => socket.destroy()));
      const tls = exchangeWith(`https://127.0.0.1:${rude.port}`);
      const post = call({ method: "POST" });
      const { keycard: failure } = await errorOf(tls.send(post, timeOf(5_000)));
      assert.deepEqual([failure.outcome, failure.lasting], ["unreached", undefined]);
      assert.match(
        failure.event,
        /^did not reach 127\.0\.0\.1:\d+ \(the endpoint in KEYCARD_ENDPOINT\): ECONNRESET$/,
      );
      await rude.close();
    });
  });

  describe("Retry-After", () => {
    const wish = async (header: string) =>
      (await failureOfFault({ status: 503, headers: { "retry-after": header } })).keycard.retryAfterMs;

    it("a Retry-After in seconds is read and bounded", async () => {
      assert.deepEqual([await wish("3"), await wish("3600"), await wish("soon")], [3_000, 60_000, undefined]);
    });

    it("a Retry-After with a date is read by the service's clock", async () => {
      await keycard.close();
      const clockOffsetMs = -3_600_000;
      keycard = await startKeycard({ clockOffsetMs });
      exchange = exchangeWith(keycard.url);
      const ms = (await wish(new Date(Date.now() + clockOffsetMs + 20_000).toUTCString())) ?? 0;
      assert.ok(ms >= 18_000 && ms <= 20_000, String(ms));
    });
  });

  describe("hidden values", () => {
    it("an error whose answer repeats hidden values does not show them", async () => {
      const forms = [PLANTED, encodeURIComponent(PLANTED), JSON.stringify(PLANTED)].join(" and ");
      const base64 = Buffer.from(`key:${PLANTED};`).toString("base64");
      const message = `refused ${forms}, ${base64}`;
      const details: Partial<Call> = { method: "PATCH", body: { name: PLANTED }, hidden: [PLANTED] };
      for (const body of [{ message }, { code: message }, { message, detail: PLANTED }, message, [message]]) {
        const error = await failureOfFault({ status: 400, body }, details);
        assertShowsNone(error, [PLANTED, keycard.accessToken]);
      }
    });

    it("a hidden value is not shown in part if the message is cut", async () => {
      const message = `${"x".repeat(290)} ${PLANTED}`;
      const error = await failureOfFault({ status: 400, body: { message } }, { hidden: [PLANTED] });
      assert.match(error.message, /x{290} \[redacted"/);
    });

    it("an error without an answer does not show hidden values", async () => {
      const details: Partial<Call> = {
        method: "PATCH",
        body: { name: PLANTED },
        query: { q: PLANTED },
        hidden: [PLANTED],
      };
      const kinds: FaultKind[] = [
        { drop: "before" },
        { body: "cut-off" },
        { body: "html" },
        { redirect: `http://127.0.0.1:1/${encodeURIComponent(PLANTED)}` },
        { delayMs: 500 },
      ];
      for (const kind of kinds) {
        assertShowsNone(await failureOfFault(kind, details, 100), [PLANTED, keycard.accessToken]);
      }
    });
  });
});
