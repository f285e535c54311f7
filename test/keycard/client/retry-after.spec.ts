import assert from "node:assert/strict";
import sinon from "sinon";
import { accountOf, clientOf } from "../support";
import { keycard, NEW, start, useClient } from "./support";

describe("the client", () => {
  useClient();

  describe("Retry-After", () => {
    /** Lets the fake time leap to its next timer whenever nothing has happened for a moment. */
    async function leaping<T>(run: (clock: sinon.SinonFakeTimers) => Promise<T>): Promise<T> {
      const realWait = setTimeout;
      const clock = sinon.useFakeTimers({
        now: 1_800_000_000_000,
        toFake: ["setTimeout", "clearTimeout", "Date"],
      });
      let ended = false;
      const call = run(clock).finally(() => (ended = true));
      call.catch(() => undefined);
      while (!ended) {
        await new Promise((resolve) => realWait(resolve, 15));
        if (!ended) await clock.nextAsync();
      }
      return call;
    }
    const startTimes = () => keycard.requests.map(({ startedAt }) => startedAt - 1_800_000_000_000);

    const wishes: [title: string, method: string, status: number, header: string, waitsMs: number][] = [
      ["is honoured in seconds", "GET", 503, "7", 7_000],
      ["is honoured as a date", "GET", 503, new Date(1_800_000_030_000).toUTCString(), 30_000],
      ["is honoured for a minute at most", "GET", 429, "3600", 60_000],
      ["is honoured for a POST after a 429", "POST", 429, "7", 7_000],
    ];
    for (const [title, method, status, header, waitsMs] of wishes) {
      it(title, async () => {
        const client = await start({}, { limits: { attemptMs: 30_000, totalMs: 180_000 } });
        keycard.faults.add({ kind: { status, headers: { "retry-after": header } } });
        await leaping(() =>
          method === "GET" ? client.readSecret("z1", "s1") : client.createSecret("z1", NEW),
        );
        assert.deepEqual(startTimes(), [0, waitsMs]);
      });
    }

    it("of a 429 holds back requests for tokens too", async () => {
      const limits = { attemptMs: 30_000, totalMs: 180_000 };
      // Each call needs a token of its own: ours ends by the real clock, the emulator's by the fake one.
      await start({ switches: { tokenExpiresIn: 0.01 } });
      const client = clientOf(keycard, { credentials: accountOf(keycard), limits });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async (clock) => {
        const limited = client.readSecret("z1", "s1");
        while (clock.countTimers() === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await Promise.all([limited, client.readSecret("z1", "s1")]);
      });
      const asked = keycard.tokenRequests.map(({ startedAt }) => startedAt - 1_800_000_000_000);
      assert.ok(asked.length > 1);
      assert.deepEqual(new Set(asked), new Set([0, 9_000]));
    });

    it("of a 429 holds back all other calls", async () => {
      const client = await start({}, { limits: { attemptMs: 30_000, totalMs: 180_000 } });
      keycard.faults.add({ kind: { status: 429, headers: { "retry-after": "9" } } });
      await leaping(async (clock) => {
        const limited = client.readSecret("z1", "s1");
        // Its pause shows that the limit is known.
        while (clock.countTimers() === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await Promise.all([limited, client.readSecret("z1", "s1"), client.createSecret("z1", NEW)]);
      });
      assert.deepEqual(startTimes(), [0, 9_000, 9_000, 9_000]);
    });
  });
});
