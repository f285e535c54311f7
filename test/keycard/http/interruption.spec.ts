import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import sinon from "sinon";
import {
  CallTime,
  inTime,
  currentSignal,
  interruptible,
  interruptionOf,
  pause,
  uninterruptible,
} from "../../../provider/keycard/http/time";

const CANCELLED = { event: "was cancelled", remedy: "Run it again." };
const never = new Promise<never>(() => undefined);
const late = () => new Error("late");

describe("an interruption", () => {
  let controller: AbortController;
  beforeEach(() => (controller = new AbortController()));

  it("is known to the calls that it ends, and to no others", async () => {
    assert.equal(interruptionOf(), undefined);
    await interruptible(controller.signal, async () => {
      assert.equal(interruptionOf(), undefined);
      controller.abort(CANCELLED);
      assert.equal(interruptionOf(), CANCELLED);
      await uninterruptible(() => {
        assert.deepEqual([currentSignal(), interruptionOf()], [undefined, undefined]);
        return Promise.resolve();
      });
    });
    assert.equal(interruptionOf(), undefined);
  });

  it("ends a pause at once, and quietly", async () => {
    const begun = performance.now();
    await interruptible(controller.signal, async () => {
      setImmediate(() => controller.abort(CANCELLED));
      await pause(60_000);
    });
    assert.ok(performance.now() - begun < 30_000);
  });

  it("leaves no time to a call that is under way", async () => {
    await interruptible(controller.signal, () => {
      const time = new CallTime({ attemptMs: 1_000, totalMs: 60_000 });
      assert.ok(time.leftMs() > 0);
      assert.equal(time.interruption, undefined);
      controller.abort(CANCELLED);
      assert.deepEqual([time.leftMs(), time.interruption], [0, CANCELLED]);
      return Promise.resolve();
    });
  });

  it("ends the wait for what goes on for others", async () => {
    await interruptible(controller.signal, async () => {
      setImmediate(() => controller.abort(CANCELLED));
      await assert.rejects(inTime(never, undefined, late), /late/);
      await assert.rejects(inTime(never, undefined, late), /late/, "it had begun before");
    });
  });

  it("keeps nothing about a wait that is over", async () => {
    await interruptible(controller.signal, async () => {
      for (const promise of [Promise.resolve(1), Promise.reject(new Error("other"))])
        await inTime(promise, undefined, late).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    });
    assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  });

  it("changes nothing of what is done in time", async () => {
    await interruptible(controller.signal, async () => {
      assert.equal(await inTime(Promise.resolve(1), undefined, late), 1);
      await assert.rejects(inTime(Promise.reject(new Error("other")), undefined, late), /other/);
    });
    assert.equal(await inTime(Promise.resolve(1), undefined, late), 1);
  });
});

describe("a pause", () => {
  it("lasts as long as it should", async () => {
    for (const signal of [undefined, new AbortController().signal]) {
      const begun = performance.now();
      await (signal ? interruptible(signal, () => pause(30)) : pause(30));
      assert.ok(performance.now() - begun >= 29);
    }
  });
});

describe("the time of a call", () => {
  it("is shared out to attempts, each with the setting that limits it", () => {
    const settings = { attempt: "keycard:attempt", total: "keycard:total" };
    const time = new CallTime({ attemptMs: 10, totalMs: 60_000, settings });
    assert.deepEqual(time.attempt(), { ms: 10, allowedMs: 10, setting: "keycard:attempt" });
    const { ms, ...total } = time.total();
    assert.ok(ms > 0 && ms <= 60_000);
    assert.deepEqual(total, { allowedMs: 60_000, setting: "keycard:total" });
    const short = new CallTime({ attemptMs: 10_000, totalMs: 60_000, settings }, 5_000).attempt();
    assert.ok(short.ms <= 5_000);
    assert.deepEqual([short.allowedMs, short.setting], [5_000, "keycard:total"]);
  });

  it("names its limits by what they are if no setting does", () => {
    const time = new CallTime({ attemptMs: 10, totalMs: 60_000 });
    assert.deepEqual(
      [time.attempt().setting, time.total().setting],
      ["the time limit of an attempt", "the time limit of a call"],
    );
  });

  it("is told as none, not as less, if it was up before it began", () => {
    assert.equal(new CallTime({ attemptMs: 10, totalMs: 60_000 }, -5).total().allowedMs, 0);
  });

  it("leaves no timer behind", async () => {
    const clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await inTime(Promise.resolve(1), 60_000, late);
    const timers = clock.countTimers();
    sinon.restore();
    assert.equal(timers, 0);
  });

  it("ends a wait that others go on with", async () => {
    assert.equal(await inTime(Promise.resolve(1), 60_000, late), 1);
    await assert.rejects(inTime(never, 1, late), /late/);
  });
});
