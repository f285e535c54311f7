import assert from "node:assert/strict";
import dns from "node:dns";
import sinon from "sinon";
import type { Call } from "../../../provider/keycard/http/call";
import type { Failure } from "../../../provider/keycard/http/errors";
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

  /** The failure of a call that waits for ever. */
  async function failureAt(endpoint: string): Promise<Failure> {
    const begun = performance.now();
    const { keycard } = await errorOf(exchangeWith(endpoint).send(CALL, timeOf(150)));
    const ms = performance.now() - begun;
    assert.ok(ms >= 145 && ms < 1_500, `${ms} ms`);
    return keycard;
  }

  describe("before anything was sent, so that nothing was done:", () => {
    it("for the address of a host", async () => {
      sinon.stub(dns, "lookup");
      const { event, outcome } = await failureAt("https://keycard.invalid:8443");
      assert.equal(
        event,
        "timed out after 0.2 s while connecting to keycard.invalid:8443 (the endpoint in KEYCARD_ENDPOINT)",
      );
      assert.equal(outcome, "unreached");
    });

    it("for a TLS handshake", async () => {
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
      ["an answer of which nothing comes", { endless: "nothing" }, "waiting for an answer from"],
      ["an answer that is announced for ever", { endless: "interim" }, "waiting for an answer from"],
      ["headers that never end", { endless: "headers" }, "waiting for an answer from"],
      ["a body that never ends", { endless: "body" }, "reading the answer from"],
      ["a body that comes slowly", { slowBody: 2_000 }, "reading the answer from"],
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

  it("names the setting of the whole call when that is what ends it", async () => {
    const silent = await startRawServer();
    const endpoint = `http://127.0.0.1:${silent.port}`;
    const { message } = await errorOf(exchangeWith(endpoint).send(CALL, timeOf(5_000, 100)));
    assert.match(message, /timed out after 0\.1 s while waiting .* raise the time limit of a call\.$/);
    await silent.close();
  });
});

describe("an endless body that comes fast", () => {
  it("does not fill the memory", async () => {
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

  it("is waited for no longer than the call may take, and nothing is sent then", async () => {
    const one = exchange(1);
    const first = errorOf(one.send(CALL, timeOf(1_000)));
    const { message, keycard } = await errorOf(one.send(CALL, timeOf(1_000, 100)));
    assert.match(message, /timed out after 0\.1 s, before it was sent: the only connection was in use \(/);
    assert.match(message, /Run it again later, or raise the time limit of a call\.$/);
    assert.equal(keycard.outcome, "unreached");
    assert.equal(silent.accepted(), 1);
    await first;
  });

  it("is free again after a request that was never answered", async () => {
    const two = exchange(2);
    const calls = Array.from({ length: 6 }, () => errorOf(two.send(CALL, timeOf(50))));
    const errors = await Promise.all(calls);
    assert.ok(errors.every(({ message }) => message.includes("while waiting for an answer")));
    assert.equal(silent.accepted(), 6);
    await silent.allClosed();
  });

  it("leaves a request its own time, however long the wait was", async () => {
    const one = exchange(1);
    const first = errorOf(one.send(CALL, timeOf(150)));
    const second = await errorOf(one.send(CALL, timeOf(150)));
    await first;
    assert.match(second.message, /timed out after 0\.2 s while waiting for an answer/);
  });
});
