import assert from "node:assert/strict";
import sinon from "sinon";
import { Attempts } from "../../../provider/keycard/http/retry";
import { CallTime, type Limits } from "../../../provider/keycard/http/time";
import { failureOf, keycardError, type Failure } from "../../../provider/keycard/http/errors";
import { errorOf } from "../support";

const AMPLE: Limits = { attemptMs: 30_000, totalMs: 600_000 };

function failed(facts: Partial<Failure>) {
  return keycardError({
    action: "do it",
    method: "GET",
    path: "/it",
    requestId: "r",
    status: 503,
    outcome: "unknown",
    event: "happened",
    ...facts,
  });
}

const LIMITED: Partial<Failure> = { status: 429, outcome: "refused", retryAfterMs: 5_000 };

describe("attempts", () => {
  let clock: sinon.SinonFakeTimers;
  let random: sinon.SinonStub<[], number>;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: 1_000_000, toFake: ["setTimeout", "clearTimeout", "performance"] });
    random = sinon.stub(Math, "random").returns(0);
  });
  afterEach(() => sinon.restore());

  /** Fails with each of the failures in turn, then succeeds. Records the time and the limit of each attempt. */
  function script(...failures: Partial<Failure>[]) {
    const times: number[] = [];
    const limits: number[] = [];
    const rest = [...failures];
    const attempt = (time: CallTime) => {
      times.push(performance.now());
      limits.push(time.attempt().ms);
      const failure = rest.shift();
      return failure ? Promise.reject(failed(failure)) : Promise.resolve("done");
    };
    return { attempt, times, limits };
  }

  /** Advances the fake time until a call has ended. */
  async function ended<T>(call: Promise<T>): Promise<T> {
    call.catch(() => undefined);
    await clock.runAllAsync();
    return call;
  }

  async function attemptsAfter(failure: Partial<Failure>, repeatable: boolean): Promise<number> {
    const { attempt, times } = script(failure);
    await ended(new Attempts(AMPLE).run(repeatable, attempt)).catch(() => undefined);
    return times.length;
  }

  describe("what is tried again", () => {
    const passing: Partial<Failure>[] = [
      ...[408, 500, 502, 503, 504].map((status): Partial<Failure> => ({ status, outcome: "unknown" })),
      { status: 0, outcome: "unknown" },
      { status: 200, outcome: "unknown" },
    ];
    const notDone: Partial<Failure>[] = [
      { status: 429, outcome: "refused" },
      { status: 425, outcome: "refused" },
      { status: 0, outcome: "unreached" },
    ];
    const final: Partial<Failure>[] = [
      ...[301, 400, 401, 403, 404, 409, 410, 422].map((status): Partial<Failure> => ({
        status,
        outcome: "refused",
      })),
      { status: 404, outcome: "unknown" },
      { status: 501, outcome: "unknown" },
      { status: 0, outcome: "unreached", lasting: true },
    ];

    it("retries a repeatable call after transient failures", async () => {
      for (const failure of [...passing, ...notDone]) {
        assert.equal(await attemptsAfter(failure, true), 2, JSON.stringify(failure));
      }
    });

    it("does not retry other calls after a failure with an unknown result", async () => {
      for (const failure of passing) {
        assert.equal(await attemptsAfter(failure, false), 1, JSON.stringify(failure));
      }
    });

    it("retries every call that was certainly not done", async () => {
      for (const failure of notDone) {
        assert.equal(await attemptsAfter(failure, false), 2, JSON.stringify(failure));
      }
    });

    it("does not retry after a permanent failure", async () => {
      for (const failure of final) {
        assert.equal(await attemptsAfter(failure, true), 1, JSON.stringify(failure));
      }
    });

    it("retries an unreadable success once", async () => {
      const page: Partial<Failure> = { status: 200, outcome: "unknown", isUnreadable: true };
      const { attempt, times } = script(page, page, page);
      const { keycard } = await errorOf(ended(new Attempts(AMPLE).run(true, attempt)));
      assert.deepEqual([times.length, keycard.tried?.attempts], [2, 2]);
    });

    it("counts unreadable successes separately, in any order", async () => {
      const page: Partial<Failure> = { status: 200, outcome: "unknown", isUnreadable: true };
      const { attempt, times } = script({}, page, {}, {}, page);
      await errorOf(ended(new Attempts(AMPLE).run(true, attempt)));
      assert.equal(times.length, 5);
    });

    it("passes on a failure that was retried already", async () => {
      const error = failed({ tried: { attempts: 4, ms: 9 } });
      const attempt = sinon.stub().rejects(error);
      await assert.rejects(ended(new Attempts(AMPLE).run(true, attempt)), (thrown) => thrown === error);
      assert.equal(attempt.callCount, 1);
    });

    it("passes on an error of another kind unchanged", async () => {
      const error = new TypeError("a bug");
      const attempt = sinon.stub().rejects(error);
      await assert.rejects(ended(new Attempts(AMPLE).run(true, attempt)), (thrown) => thrown === error);
      assert.equal(attempt.callCount, 1);
    });
  });

  describe("what is left open", () => {
    const lost: Partial<Failure> = { status: 0, outcome: "unknown" };
    async function outcomeAfter(...failures: Partial<Failure>[]) {
      const { attempt, times } = script(...failures);
      const { keycard, message } = await errorOf(ended(new Attempts(AMPLE).run(true, attempt)));
      assert.equal(times.length, failures.length);
      assert.match(message, / happened \(request r, tried \d+ times/);
      return keycard.outcome;
    }

    it("the result stays unknown after an uncertain attempt, whatever the last attempt gets", async () => {
      const last: Partial<Failure>[] = [
        { status: 400, outcome: "refused" },
        { status: 403, outcome: "refused" },
        { status: 0, outcome: "unreached", lasting: true },
      ];
      for (const failure of last) assert.equal(await outcomeAfter(lost, failure), "unknown");
      const unreached = Array.from({ length: 9 }, (): Partial<Failure> => ({
        status: 0,
        outcome: "unreached",
      }));
      assert.equal(await outcomeAfter(lost, ...unreached), "unknown");
    });

    it("the result stays unknown after an uncertain attempt if no token can be obtained later", async () => {
      const noToken: Partial<Failure> = { status: 401, outcome: "unreached", tried: { attempts: 3, ms: 9 } };
      const { attempt } = script(lost, noToken);
      const { keycard } = await errorOf(ended(new Attempts(AMPLE).run(true, attempt)));
      assert.deepEqual([keycard.outcome, keycard.tried], ["unknown", noToken.tried]);
    });

    it("the result is known if Keycard answers that the secret is gone", async () => {
      assert.equal(await outcomeAfter(lost, { status: 404, outcome: "refused" }), "refused");
    });

    it("the result is known if no attempt was uncertain", async () => {
      assert.equal(
        await outcomeAfter({ status: 429, outcome: "refused" }, { status: 400, outcome: "refused" }),
        "refused",
      );
    });
  });

  it("the attempts of a call are counted from 1", async () => {
    const numbers: number[] = [];
    const attempt = (_time: CallTime, number: number) => {
      numbers.push(number);
      return number < 3 ? Promise.reject(failed({})) : Promise.resolve();
    };
    await ended(new Attempts(AMPLE).run(true, attempt));
    assert.deepEqual(numbers, [1, 2, 3]);
  });

  describe("pauses", () => {
    it("pauses grow from attempt to attempt, up to ten attempts", async () => {
      random.returns(1);
      const { attempt, times } = script(...Array.from({ length: 20 }, () => ({})));
      const error = await errorOf(ended(new Attempts(AMPLE).run(true, attempt)));
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.deepEqual(pauses, [250, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
      assert.deepEqual(error.keycard.tried, { attempts: 10, ms: 71_750 });
      assert.match(error.message, /tried 10 times in 72 s/);
    });

    it("a pause lasts as long as the service asks for", async () => {
      const { attempt, times } = script({ retryAfterMs: 7_000 }, { retryAfterMs: 60_000 });
      await ended(new Attempts(AMPLE).run(true, attempt));
      assert.deepEqual(times, [0, 7_000, 67_000]);
    });
  });

  describe("a rate limit", () => {
    it("a rate limit delays calls that begin later", async () => {
      const attempts = new Attempts(AMPLE);
      const limited = script(LIMITED);
      const other = script();
      const first = attempts.run(false, limited.attempt);
      await clock.tickAsync(1_000);
      await ended(Promise.all([first, attempts.run(true, other.attempt)]));
      assert.deepEqual(limited.times, [0, 5_000]);
      assert.deepEqual(other.times, [5_000]);
    });

    it("a rate limit delays the next attempts of other calls", async () => {
      const attempts = new Attempts(AMPLE);
      const other = script({ retryAfterMs: 1_000 });
      const call = attempts.run(true, other.attempt);
      await ended(Promise.all([call, attempts.run(true, script(LIMITED).attempt)]));
      assert.deepEqual(other.times, [0, 5_000]);
    });

    it("a rate limit is extended if another call is told to wait longer", async () => {
      const attempts = new Attempts(AMPLE);
      const first = script(LIMITED);
      const waiting = script();
      let refuse: (error: Error) => void = assert.fail;
      const underWay = sinon.stub<[CallTime], Promise<string>>();
      underWay.onFirstCall().returns(new Promise((_resolve, reject) => (refuse = reject)));
      underWay.onSecondCall().resolves("done");
      const calls = [attempts.run(true, underWay), attempts.run(true, first.attempt)];
      await clock.tickAsync(1_000);
      calls.push(attempts.run(true, waiting.attempt));
      await clock.tickAsync(1_000);
      refuse(failed({ ...LIMITED, retryAfterMs: 30_000 }));
      await ended(Promise.all(calls));
      assert.deepEqual([first.times, waiting.times], [[0, 32_000], [32_000]]);
    });

    it("no other failure delays other calls", async () => {
      const attempts = new Attempts(AMPLE);
      const other = script();
      const call = attempts.run(true, script({ status: 503, retryAfterMs: 5_000 }).attempt);
      await clock.tickAsync(1_000);
      await ended(Promise.all([call, attempts.run(true, other.attempt)]));
      assert.deepEqual(other.times, [1_000]);
    });
  });

  describe("limits", () => {
    it("an attempt gets its own time limit, or the time that is left", async () => {
      const { attempt, limits } = script({ retryAfterMs: 50_000 }, { retryAfterMs: 40_000 });
      await ended(new Attempts({ attemptMs: 30_000, totalMs: 100_000 }).run(true, attempt));
      assert.deepEqual(limits, [30_000, 30_000, 10_000]);
    });

    it("the retries end while the last failure is still known", async () => {
      const { attempt, times } = script(LIMITED);
      const attempts = new Attempts({ attemptMs: 1_000, totalMs: 4_000 });
      const { keycard } = await errorOf(ended(attempts.run(false, attempt)));
      assert.deepEqual([keycard.status, keycard.outcome, times], [429, "refused", [0]]);
    });

    it("the time limit of a call also ends the wait for a rate limit", async () => {
      const attempts = new Attempts({ attemptMs: 1_000, totalMs: 4_000 });
      await assert.rejects(ended(attempts.run(true, script({ ...LIMITED, retryAfterMs: 60_000 }).attempt)));
      const { attempt, times, limits } = script();
      await ended(attempts.run(true, attempt));
      assert.deepEqual([times, limits], [[4_000], [0]]);
    });

    it("the error names the rate limit if the call timed out while waiting for it", async () => {
      const attempts = new Attempts({ attemptMs: 1_000, totalMs: 4_000 });
      await assert.rejects(ended(attempts.run(true, script({ ...LIMITED, retryAfterMs: 60_000 }).attempt)));
      const waits: string[] = [];
      await ended(attempts.run(true, (time) => Promise.resolve(waits.push(time.waitedFor))));
      assert.deepEqual(waits, ["Keycard limits the request rate"]);
    });

    it("several calls can share one time limit", async () => {
      const time = new CallTime({ attemptMs: 1_000, totalMs: 4_000 });
      const attempts = new Attempts(AMPLE);
      await ended(attempts.run(true, script({ retryAfterMs: 3_000 }).attempt, { time }));
      const { attempt, limits } = script();
      await ended(attempts.run(true, attempt, { time }));
      assert.deepEqual([limits, time.leftMs()], [[1_000], 1_000]);
    });

    it("the error tells the number of attempts and the time", async () => {
      const attempts = new Attempts({ attemptMs: 1_000, totalMs: 2_500 });
      const slow = async (time: CallTime) => {
        const { ms } = time.attempt();
        await new Promise((resolve) => setTimeout(resolve, ms));
        throw failed({ status: 0, event: `got no answer within ${ms} ms` });
      };
      const error = await errorOf(ended(attempts.run(true, slow)));
      assert.match(error.message, /got no answer within 500 ms \(request r, tried 3 times in 2\.5 s\)/);
      assert.deepEqual(failureOf(error)?.tried, { attempts: 3, ms: 2_500 });
    });
  });
});
