import assert from "node:assert/strict";
import dns from "node:dns";
import sinon from "sinon";
import type { Call, Failure } from "../../../provider/keycard/http/errors";
import { startKeycard, type FaultKind, type Keycard } from "../../emulator";
import { startRawServer, type RawServer } from "../../support/raw-server";
import { errorOf, exchangeWith, timeOf } from "../support";

const CALL: Call = {
  action: "list the secrets",
  method: "GET",
  path: "/zones/z1/secrets",
  headers: { Authorization: "Bearer emulator-access-token" },
  requestId: "11111111-2222-4333-8444-555555555555",
  attempt: 1,
  hidden: [],
};

describe("a wait ends with the time limit of an attempt", () => {
  afterEach(() => sinon.restore());

  /** The failure of a call that never gets an answer. */
  async function failureAt(endpoint: string): Promise<Failure> {
    const begun = performance.now();
    const { keycard } = await errorOf(exchangeWith(endpoint).send(CALL, timeOf(150)));
    const ms = performance.now() - begun;
    assert.ok(ms >= 145 && ms < 1_500, `${ms} ms`);
    return keycard;
  }

  describe("before anything was sent, so that nothing was done:", () => {
    it("an attempt times out during a DNS lookup, and nothing was done", async () => {
      sinon.stub(dns, "lookup");
      const { event, outcome } = await failureAt("https://keycard.invalid:8443");
      assert.equal(
        event,
        "timed out after 0.2 s while connecting to keycard.invalid:8443 (the endpoint in KEYCARD_ENDPOINT)",
      );
      assert.equal(outcome, "unreached");
    });

    it("an attempt times out during a TLS handshake, and nothing was done", async () => {
      const silent = await startRawServer();
      const { event, outcome, remedy } = await failureAt(`https://127.0.0.1:${silent.port}`);
      assert.equal(
        event,
        `timed out after 0.2 s during the TLS handshake with 127.0.0.1:${silent.port} (the endpoint in KEYCARD_ENDPOINT)`,
      );
      assert.equal(outcome, "unreached");
      assert.match(remedy ?? "", /supports TLS on this port, or raise the time limit of an attempt\./);
      await silent.allClosed();
      await silent.close();
    });
  });

  describe("for", () => {
    let keycard: Keycard;
    beforeEach(async () => (keycard = await startKeycard()));
    afterEach(() => keycard.close());

    const endless: [what: string, kind: FaultKind, doing: string][] = [
      [
        "an attempt times out waiting for an answer that never comes",
        { endless: "nothing" },
        "waiting for an answer from",
      ],
      [
        "an attempt times out if interim answers never end",
        { endless: "interim" },
        "waiting for an answer from",
      ],
      ["an attempt times out if headers never end", { endless: "headers" }, "waiting for an answer from"],
      ["an attempt times out if a body never ends", { endless: "body" }, "reading the answer from"],
      ["an attempt times out if a body is slow", { slowBody: 2_000 }, "reading the answer from"],
    ];
    for (const [what, kind, doing] of endless) {
      it(what, async () => {
        keycard.faults.add({ kind });
        const { event, outcome, remedy } = await failureAt(keycard.url);
        const host = new URL(keycard.url).host;
        assert.equal(
          event,
          `timed out after 0.2 s while ${doing} ${host} (the endpoint in KEYCARD_ENDPOINT)`,
        );
        assert.equal(outcome, "unknown");
        assert.equal(remedy, "If the service needs longer, raise the time limit of an attempt.");
      });
    }
  });

  it("a timeout names the setting of the call if that ended it", async () => {
    const silent = await startRawServer();
    const endpoint = `http://127.0.0.1:${silent.port}`;
    const { message } = await errorOf(exchangeWith(endpoint).send(CALL, timeOf(5_000, 100)));
    assert.match(message, /timed out after 0\.1 s while waiting .* raise the time limit of a call\.$/);
    await silent.close();
  });
});

describe("an endless body that comes fast", () => {
  it("an endless fast body does not fill the memory", async () => {
    const keycard = await startKeycard();
    keycard.faults.add({ kind: { endless: "fast-body" } });
    const before = process.memoryUsage().rss;
    const { keycard: failure } = await errorOf(exchangeWith(keycard.url).send(CALL, timeOf(20_000)));
    assert.deepEqual(
      [failure.event, failure.isUnreadable],
      ["answered 200 with a body of more than 64 MB", true],
    );
    assert.ok(process.memoryUsage().rss - before < 1_000_000_000);
    await keycard.close();
  });
});

describe("a slot", () => {
  let silent: RawServer;
  beforeEach(async () => (silent = await startRawServer()));
  afterEach(() => silent.close());
  const exchange = (concurrency: number) => exchangeWith(`http://127.0.0.1:${silent.port}`, { concurrency });

  it("a request waits for a slot until the call times out, and is not sent then", async () => {
    const one = exchange(1);
    const first = errorOf(one.send(CALL, timeOf(1_000)));
    const { message, keycard } = await errorOf(one.send(CALL, timeOf(1_000, 100)));
    assert.match(message, /timed out after 0\.1 s, before it was sent: the only connection was in use \(/);
    assert.match(message, /Run it again later, or raise the time limit of a call\.$/);
    assert.equal(keycard.outcome, "unreached");
    assert.equal(silent.accepted(), 1);
    await first;
  });

  it("a slot is free again after a request that was never answered", async () => {
    const two = exchange(2);
    const calls = Array.from({ length: 6 }, () => errorOf(two.send(CALL, timeOf(50))));
    const errors = await Promise.all(calls);
    assert.ok(errors.every(({ message }) => message.includes("while waiting for an answer")));
    assert.equal(silent.accepted(), 6);
    await silent.allClosed();
  });

  it("the wait for a slot does not shorten the time of an attempt", async () => {
    const one = exchange(1);
    const first = errorOf(one.send(CALL, timeOf(150)));
    const second = await errorOf(one.send(CALL, timeOf(150)));
    await first;
    assert.match(second.message, /timed out after 0\.2 s while waiting for an answer/);
  });
});
