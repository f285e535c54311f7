import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { RateLimit, RequestQueue } from "../../../provider/keycard/http/rate-limit";
import { interruptible } from "../../../provider/keycard/http/time";
import { timeOf } from "../support";

const soon = () => timeOf(1_000, 1_000);

describe("the queue of requests", () => {
  it("requests get their turn in the order in which they came", async () => {
    const queue = new RequestQueue(1, new RateLimit());
    await queue.enter(soon());
    const order: number[] = [];
    const calls = [1, 2, 3].map(async (number) => {
      assert.equal(await queue.enter(soon()), true);
      order.push(number);
      queue.leave();
    });
    queue.leave();
    await Promise.all(calls);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it("no turn is lost to a request that has timed out", async () => {
    const queue = new RequestQueue(1, new RateLimit());
    await queue.enter(soon());
    const [late, patient] = [queue.enter(timeOf(1_000, 20)), queue.enter(soon())];
    assert.equal(await late, false);
    queue.leave();
    assert.equal(await patient, true);
    queue.leave();
    assert.equal(await queue.enter(soon()), true);
  });

  it("a request without time has no turn", async () => {
    const queue = new RequestQueue(1, new RateLimit());
    const turns = [await queue.enter(timeOf(1, 0)), await queue.enter(timeOf(1, -1))];
    assert.deepEqual([...turns, await queue.enter(soon())], [false, false, true]);
  });

  it("an interruption ends the wait at once, and takes no turn", async () => {
    const queue = new RequestQueue(1, new RateLimit());
    await queue.enter(soon());
    const run = new AbortController();
    const waiting = interruptible(run.signal, () => queue.enter(timeOf(1_000, 60_000)));
    run.abort({ event: "was cancelled", remedy: "Run it again." });
    assert.equal(await waiting, false);
    queue.leave();
    assert.equal(await queue.enter(soon()), true);
  });

  it("a request that others wait for comes first, even if all others are under way", async () => {
    const queue = new RequestQueue(1, new RateLimit());
    await queue.enter(soon());
    const waiting = queue.enter(soon());
    assert.equal(await queue.enter(soon(), true), true);
    queue.leave(true);
    queue.leave();
    assert.equal(await waiting, true);
    const next = await Promise.race([queue.enter(soon()), sleep(50, "waits")]);
    assert.equal(next, "waits", "the urgent request has left no turn behind");
  });

  describe("while the service limits the rate", () => {
    /** A limit of 20 per second that asks to wait for a tenth of a second. */
    function limited(): RateLimit {
      const rate = new RateLimit();
      const now = performance.now();
      rate.sent(now - 900);
      for (let i = 0; i < 20; i++) rate.passed(now - 900 + i, {}, now);
      rate.limited(now, 250, {}, now);
      return rate;
    }

    it("requests go one by one, and none before the service allows it", async () => {
      const queue = new RequestQueue(16, limited());
      const begun = performance.now();
      const times = await Promise.all(
        Array.from({ length: 5 }, async () => {
          await queue.enter(timeOf(60_000, 60_000));
          return performance.now() - begun;
        }),
      );
      assert.ok((times[0] ?? 0) >= 240, String(times));
      const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
      assert.ok(
        gaps.every((gap) => gap > 30),
        String(gaps),
      );
    });

    it("waiting costs a call none of its time as long as requests get through", async () => {
      const rate = limited();
      const queue = new RequestQueue(16, rate);
      const time = timeOf(60_000, 300);
      const waits = Array.from({ length: 12 }, () => queue.enter(timeOf(60_000, 60_000)));
      const last = queue.enter(time);
      for (const wait of waits) {
        await wait;
        rate.passed(performance.now(), {});
        queue.leave();
      }
      assert.equal(await last, true);
      assert.ok(time.spentMs() > 500, "it has waited for longer than its time");
      assert.ok(time.leftMs() > 200, `${time.leftMs()} ms`);
    });

    it("waiting ends with the time of the call if nothing gets through", async () => {
      const rate = limited();
      rate.limited(performance.now(), 60_000, {});
      assert.equal(await new RequestQueue(16, rate).enter(timeOf(60_000, 100)), false);
    });

    it("waiting costs time again if the service rejects one call over and over", () => {
      const time = timeOf(60_000, 1_000);
      for (let i = 0; i < 20; i++) {
        time.noteLimited();
        time.waitedForTurn(500);
      }
      assert.ok(time.leftMs() > 1_000 && time.leftMs() < 7_000, `${time.leftMs()} ms`);
    });
  });
});
