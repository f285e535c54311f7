import assert from "node:assert/strict";
import sinon from "sinon";
import { type Failure, failureOf, keycardError } from "../../../provider/keycard/http/errors";
import { Retries, pauseBefore } from "../../../provider/keycard/http/request";
import { type Limits, CallTime } from "../../../provider/keycard/http/time";
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

describe("a call that is retried", () => {
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
    await ended(new Retries(AMPLE).run(repeatable, attempt)).catch(() => undefined);
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

    const page: Partial<Failure> = { status: 200, outcome: "unknown", isUnreadable: true };
    const forEver = (failure: Partial<Failure>) => script(...Array.from({ length: 99 }, () => failure));

    it("retries unreadable successes for some seconds, which a service takes to start", async () => {
      random.returns(1);
      const { attempt, times } = script(page, page, page, page);
      assert.equal(await ended(new Retries(AMPLE).run(true, attempt)), "done");
      assert.ok((times.at(-1) ?? 0) > 3_000, String(times));
    });

    it("does not retry unreadable successes for more than 20 s, as the endpoint is wrong", async () => {
      for (const factor of [0, 1]) {
        random.returns(factor);
        const { attempt, times } = forEver(page);
        const { keycard } = await errorOf(ended(new Retries(AMPLE).run(true, attempt)));
        const tookMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
        assert.ok(tookMs > 5_000 && tookMs < 20_000 && times.length < 12, `${tookMs} ms`);
        assert.equal(keycard.tried?.attempts, times.length);
      }
    });

    it("the time of unreadable successes begins with the first of them", async () => {
      const outage = Array.from({ length: 12 }, (): Partial<Failure> => ({ retryAfterMs: 3_000 }));
      const { attempt } = script(...outage, page);
      assert.equal(await ended(new Retries(AMPLE).run(true, attempt)), "done");
    });

    it("passes on a failure that was retried already", async () => {
      const error = failed({ tried: { attempts: 4, ms: 9 } });
      const attempt = sinon.stub().rejects(error);
      await assert.rejects(ended(new Retries(AMPLE).run(true, attempt)), (thrown) => thrown === error);
      assert.equal(attempt.callCount, 1);
    });

    it("passes on an error of another kind unchanged", async () => {
      const error = new TypeError("a bug");
      const attempt = sinon.stub().rejects(error);
      await assert.rejects(ended(new Retries(AMPLE).run(true, attempt)), (thrown) => thrown === error);
      assert.equal(attempt.callCount, 1);
    });
  });

  describe("what is left open", () => {
    const lost: Partial<Failure> = { status: 0, outcome: "unknown" };
    async function outcomeAfter(...failures: Partial<Failure>[]) {
      const { attempt, times } = script(...failures);
      const { keycard, message } = await errorOf(ended(new Retries(AMPLE).run(true, attempt)));
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
      const hasty = new Retries({ attemptMs: 1_000, totalMs: 4_000 });
      const unreached: Partial<Failure> = { status: 0, outcome: "unreached" };
      const { attempt } = script(lost, ...Array.from({ length: 99 }, () => unreached));
      assert.equal((await errorOf(ended(hasty.run(true, attempt)))).keycard.outcome, "unknown");
    });

    it("the result stays unknown after an uncertain attempt if no token can be obtained later", async () => {
      const noToken: Partial<Failure> = { status: 401, outcome: "unreached", tried: { attempts: 3, ms: 9 } };
      const { attempt } = script(lost, noToken);
      const { keycard } = await errorOf(ended(new Retries(AMPLE).run(true, attempt)));
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
    await ended(new Retries(AMPLE).run(true, attempt));
    assert.deepEqual(numbers, [1, 2, 3]);
  });

  describe("an outage", () => {
    /** Fails until a moment, then succeeds. */
    const until = (endMs: number, failure: Partial<Failure> = {}) => {
      const times: number[] = [];
      const attempt = () => {
        times.push(performance.now());
        return performance.now() < endMs ? Promise.reject(failed(failure)) : Promise.resolve("done");
      };
      return { attempt, times };
    };
    const limits: Limits = { attemptMs: 30_000, totalMs: 180_000 };
    const kinds: [what: string, isRepeatable: boolean, failure: Partial<Failure>][] = [
      ["503", true, { status: 503 }],
      ["no answer", true, { status: 0 }],
      ["no connection", true, { status: 0, outcome: "unreached" }],
      ["no connection, for a create", false, { status: 0, outcome: "unreached" }],
    ];

    for (const [what, isRepeatable, failure] of kinds) {
      it(`is outlived if it lasts less than the time of a call: ${what}`, async () => {
        for (const factor of [0, 0.5, 1]) {
          for (const outageMs of [45_000, 75_000, 177_000]) {
            random.returns(factor);
            const start = performance.now();
            const { attempt } = until(start + outageMs, failure);
            assert.equal(await ended(new Retries(limits).run(isRepeatable, attempt)), "done");
          }
        }
      });
    }

    it("is outlived for longer if the time limit is raised", async () => {
      const { attempt } = until(500_000);
      assert.equal(await ended(new Retries({ ...limits, totalMs: 600_000 }).run(true, attempt)), "done");
    });

    it("the error of a longer one tells the number of attempts and the time", async () => {
      random.returns(1);
      const { attempt, times } = until(Infinity);
      const error = await errorOf(ended(new Retries(limits).run(true, attempt)));
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.deepEqual(pauses.slice(0, 9), [250, 500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
      assert.equal(times.at(-1), 178_000, "the last attempt has a little time");
      assert.deepEqual(error.keycard.tried, { attempts: times.length, ms: 178_000 });
    });

    it("a pause lasts as long as the service asks for", async () => {
      const { attempt, times } = script({ retryAfterMs: 7_000 }, { retryAfterMs: 60_000 });
      await ended(new Retries(AMPLE).run(true, attempt));
      assert.deepEqual(times, [0, 7_000, 67_000]);
    });

    it("pauses are never shorter than half of what they may be", () => {
      assert.deepEqual(
        [2, 3, 8, 20].map((attempt) => pauseBefore(attempt)),
        [125, 250, 8_000, 10_000],
      );
    });
  });

  describe("a line after 15 s", () => {
    let lines: string[];
    beforeEach(() => {
      lines = [];
      clock.restore();
      const toFake = [
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
        "performance",
        "Date",
      ] as const;
      clock = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12), toFake: [...toFake] });
    });
    const announced = (isLimited = false) =>
      new Retries(
        { attemptMs: 30_000, totalMs: 180_000 },
        (line) => lines.push(line),
        () => isLimited,
      );

    it("says what is waited for and until when, once for all calls", async () => {
      const retries = announced();
      const calls = [1, 2, 3].map(() =>
        errorOf(retries.run(true, script(...Array.from({ length: 99 }, () => ({}))).attempt)),
      );
      await clock.tickAsync(14_000);
      assert.deepEqual(lines, []);
      await clock.tickAsync(170_000);
      await Promise.all(calls);
      assert.deepEqual(lines, [
        "Waiting for Keycard: GET /it happened. Trying again until 12:03:00 UTC, for up to 165 s more.",
      ]);
    });

    it("comes for a request without an answer, but not for one that waits for others", async () => {
      const retries = announced();
      const queued = retries.run(true, () => new Promise((resolve) => setTimeout(resolve, 40_000)));
      await clock.tickAsync(40_000);
      await queued;
      assert.deepEqual(lines, []);
      const sent = retries.run(true, (time) => {
        time.isSent = true;
        return new Promise((resolve) => setTimeout(resolve, 20_000));
      });
      await clock.tickAsync(20_000);
      await sent;
      assert.equal(lines.length, 1);
      assert.match(
        lines[0] ?? "",
        /^Waiting for Keycard: a request got no answer yet\. Trying again until 12:03:40 UTC/,
      );
    });

    it("says that the rate is limited", async () => {
      const call = announced(true).run(true, (time) => {
        time.waitsFor = () => "Keycard limits the request rate, to about 5 per second";
        return new Promise((resolve) => setTimeout(resolve, 20_000));
      });
      await clock.tickAsync(20_000);
      await call;
      assert.deepEqual(lines, [
        "Waiting for Keycard: Keycard limits the request rate, to about 5 per second. " +
          "Requests are sent one after the other as long as they get through.",
      ]);
    });

    it("does not come for a call that ends sooner", async () => {
      const call = announced().run(true, script({}, {}).attempt);
      await clock.tickAsync(60_000);
      await call;
      assert.deepEqual(lines, []);
    });
  });

  describe("a rate limit", () => {
    it("is no failed attempt: the queue holds the next one back, not a pause", async () => {
      const limited = Array.from({ length: 30 }, () => LIMITED);
      const { attempt, times } = script(...limited);
      assert.equal(await ended(new Retries(AMPLE).run(false, attempt)), "done");
      assert.deepEqual(new Set(times), new Set([0]));
    });

    it("is what the error tells if the time is up before another attempt is sent", async () => {
      const unsent = { status: 0, outcome: "unreached", isUnsent: true } as const;
      const { attempt } = script({ ...LIMITED, event: "answered 429" }, LIMITED, unsent);
      const { keycard } = await errorOf(ended(new Retries(AMPLE).run(false, attempt)));
      assert.deepEqual([keycard.status, keycard.outcome, keycard.tried?.attempts], [429, "refused", 2]);
    });

    it("does not lengthen the pauses after other failures", async () => {
      random.returns(1);
      const { attempt, times } = script({}, LIMITED, LIMITED, LIMITED, {});
      await ended(new Retries(AMPLE).run(true, attempt));
      assert.deepEqual(times.slice(-2), [250, 750]);
    });
  });

  describe("limits", () => {
    it("an attempt gets its own time limit, or the time that is left", async () => {
      const { attempt, limits } = script({ retryAfterMs: 50_000 }, { retryAfterMs: 40_000 });
      await ended(new Retries({ attemptMs: 30_000, totalMs: 100_000 }).run(true, attempt));
      assert.deepEqual(limits, [30_000, 30_000, 10_000]);
    });

    it("the retries end while the last failure is still known", async () => {
      const { attempt, times } = script(LIMITED);
      const retries = new Retries({ attemptMs: 1_000, totalMs: 4_000 });
      const { keycard } = await errorOf(ended(retries.run(false, attempt)));
      assert.deepEqual([keycard.status, keycard.outcome, times], [429, "refused", [0]]);
    });

    it("several calls can share one time limit", async () => {
      const time = new CallTime({ attemptMs: 1_000, totalMs: 4_000 });
      const retries = new Retries(AMPLE);
      await ended(retries.run(true, script({ retryAfterMs: 1_500 }).attempt, { time }));
      const { attempt, limits } = script();
      await ended(retries.run(true, attempt, { time }));
      assert.deepEqual([limits, time.leftMs()], [[1_000], 2_500]);
    });

    it("the error tells the number of attempts and the time", async () => {
      const retries = new Retries({ attemptMs: 1_000, totalMs: 2_500 });
      const slow = async (time: CallTime) => {
        const { ms } = time.attempt();
        await new Promise((resolve) => setTimeout(resolve, ms));
        throw failed({ status: 0, event: `got no answer within ${ms} ms` });
      };
      const error = await errorOf(ended(retries.run(true, slow)));
      assert.match(error.message, /got no answer within 1000 ms \(request r, tried 2 times in 2\.1 s\)/);
      assert.deepEqual(failureOf(error)?.tried, { attempts: 2, ms: 2_125 });
    });
  });
});
