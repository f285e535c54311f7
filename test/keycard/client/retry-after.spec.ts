import assert from "node:assert/strict";
import sinon from "sinon";
import { Exchange } from "../../../provider/keycard/http/request";
import { accountOf, clientOf } from "../support";
import { keycard, NEW, start, useClient } from "./support";

/** When the fake time starts, in milliseconds since the epoch. */
const BEGUN = 1_800_000_000_000;
const limits = { attemptMs: 30_000, totalMs: 180_000 };

describe("the client", () => {
  useClient();

  describe("Retry-After", () => {
    /** Advances the fake time to its next timer whenever no request is in progress. */
    async function leaping<T>(run: () => Promise<T>): Promise<T> {
      // Private, because only here a request waits for nothing but its answer.
      const send = sinon.spy(
        Exchange.prototype as unknown as Record<"exchange", () => Promise<unknown>>,
        "exchange",
      );
      const clock = sinon.useFakeTimers({
        now: BEGUN,
        toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
      });
      let ended = false;
      const call = run().finally(() => (ended = true));
      call.catch(() => undefined);
      while (!ended) {
        const sent = send.callCount;
        await Promise.allSettled(send.returnValues);
        // By now everything that follows an answer is done, up to the next request or pause.
        await new Promise((resolve) => setImmediate(resolve));
        if (!ended && send.callCount === sent) await clock.nextAsync();
      }
      return call;
    }
    const startTimes = () => keycard.requests.map(({ startedAt }) => startedAt - BEGUN);

    const wishes: [title: string, method: string, status: number, header: string, waitsMs: number][] = [
      ["a Retry-After in seconds is honoured", "GET", 503, "7", 7_000],
      ["a Retry-After with a date is honoured", "GET", 503, new Date(BEGUN + 30_000).toUTCString(), 30_000],
      ["a Retry-After is honoured for at most one minute", "GET", 429, "3600", 60_000],
      ["a Retry-After is honoured for a POST after a 429", "POST", 429, "7", 7_000],
    ];
    for (const [title, method, status, header, waitsMs] of wishes) {
      it(title, async () => {
        const client = await start({}, { limits });
        keycard.faults.add({ kind: { status, headers: { "retry-after": header } } });
        await leaping(() =>
          method === "GET" ? client.readSecret("z1", "s1") : client.createSecret("z1", NEW),
        );
        assert.deepEqual(startTimes(), [0, waitsMs]);
      });
    }

    it("a Retry-After of a 429 delays token requests, too", async () => {
      // Each call needs its own token: the client's token expires by the real clock, the emulator's by the fake one.
      await start({ switches: { tokenExpiresIn: 0.01 } });
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async () => {
        const limited = client.readSecret("z1", "s1");
        await secondAfterLimit();
        await Promise.all([limited, client.readSecret("z1", "s1")]);
      });
      const asked = keycard.tokenRequests.map(({ startedAt }) => startedAt - BEGUN);
      assert.ok(asked.length > 1);
      assert.deepEqual(
        asked.filter((ms) => ms > 0 && ms < 9_000),
        [],
      );
    });

    it("a Retry-After of a 429 delays all other calls", async () => {
      const client = await start({}, { limits });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async () => {
        const limited = client.readSecret("z1", "s1");
        await secondAfterLimit();
        await Promise.all([limited, client.readSecret("z1", "s1"), client.createSecret("z1", NEW)]);
      });
      assert.deepEqual(startTimes(), [0, 9_000, 10_000, 11_000], "one after the other");
    });
  });
});

/** Waits one second. No fake time passes during a request, so the rate limit is known afterwards. */
function secondAfterLimit(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000));
}
