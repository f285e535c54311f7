import assert from "node:assert/strict";
import { rateHintsOf } from "../../../provider/keycard/http/answer";
import { RateLimit } from "../../../provider/keycard/http/rate-limit";
import { seededRandom } from "../../emulator/faults";
import { type RateLimit as Service, RateCounter } from "../../emulator/rate-limit";

/** The number of requests at once, as by default. */
const CONCURRENCY = 16;

/** The beginning of the simulated time. */
const EPOCH = Date.parse("2026-01-02T03:04:05Z");

interface Outcome {
  seconds: number;
  refused: number;
}

/**
 * Sends requests to a service that limits their rate, without waiting: the time of this simulation is the next moment at
 * which something happens.
 */
function send(count: number, service: Service, latencyMs: number): Outcome {
  const random = seededRandom(7);
  const rate = new RateLimit();
  let now = 0;
  const counter = new RateCounter(service, () => EPOCH + now);
  const events: { at: number; run: () => void }[] = [];
  const outcome = { seconds: 0, refused: 0 };
  let [waiting, free, done] = [count, CONCURRENCY, 0];
  const next = () => {
    while (waiting > 0 && free > 0) {
      const at = rate.nextAt();
      if (at > now) return void events.push({ at: Math.ceil(at), run: next });
      waiting--;
      free--;
      const sentAt = now;
      rate.sent(now);
      let answer: ReturnType<RateCounter["count"]>;
      const tripMs = latencyMs * (0.5 + random());
      events.push({ at: now + tripMs / 2, run: () => (answer = counter.count()) });
      events.push({
        at: now + tripMs,
        run: () => {
          free++;
          const header = (name: string) => answer.headers[name]?.toString();
          const hints = rateHintsOf(header, EPOCH + now);
          if (answer.isRefused) {
            outcome.refused++;
            waiting++;
            const after = header("retry-after");
            const retryAfterMs = after === undefined ? undefined : msOf(after, EPOCH + now);
            rate.limited(sentAt, retryAfterMs, hints, now);
          } else {
            done++;
            rate.passed(sentAt, hints, now);
          }
          next();
        },
      });
    }
  };
  next();
  while (done < count) {
    events.sort((one, other) => one.at - other.at);
    const event = events.shift() ?? assert.fail("it has stopped");
    now = Math.max(now, event.at);
    event.run();
  }
  return { ...outcome, seconds: now / 1000 };
}

const msOf = (header: string, now: number) =>
  /^\d+$/.test(header) ? Number(header) * 1000 : Math.max(0, Date.parse(header) - now);

describe("the rate that a service allows", () => {
  const FORMS = ["nothing", "seconds", "date", "draft-6", "draft-7", "draft-8", "x"] as const;

  for (const latencyMs of [5, 100, 400]) {
    for (const refill of ["one by one", "each second"] as const) {
      for (const says of FORMS) {
        it(`200 requests at 20 a second, ${refill}, said as ${says}, ${latencyMs} ms each`, () => {
          const { seconds, refused } = send(200, { perSecond: 20, refill, says }, latencyMs);
          // A wait of whole seconds is longer than the rest of a second.
          const most = refill === "one by one" ? { seconds: 13, refused: 20 } : { seconds: 18, refused: 25 };
          assert.ok(seconds <= most.seconds, `${seconds} s`);
          assert.ok(refused <= most.refused, `${refused} answers of 429`);
        });
      }
    }

    for (const [perSecond, burst] of [
      [1, 1],
      [1, 5],
      [2, 2],
      [5, 5],
      [20, 100],
      [20, 1],
    ] as const) {
      it(`any rate ends: ${perSecond} a second, ${burst} at once, ${latencyMs} ms each`, () => {
        const { seconds, refused } = send(60, { perSecond, burst }, latencyMs);
        assert.ok(seconds <= Math.max(1.6 * (60 / perSecond), 40), `${seconds} s`);
        assert.ok(refused <= 40, `${refused} answers of 429`);
      });
    }
  }

  it("nothing is delayed if the service sets no limit", () => {
    const rate = new RateLimit();
    for (let i = 0; i < 100; i++) {
      rate.sent(i);
      rate.passed(i, {}, i + 5);
      assert.ok(rate.nextAt() <= i);
    }
    assert.equal(rate.perSecond, undefined);
  });

  it("a quota for a long time delays nothing as long as it lasts", () => {
    const rate = new RateLimit();
    const hints = { remaining: 4_000, resetMs: 3_600_000, rate: 5_000 / 3_600_000 };
    for (let i = 0; i < 100; i++) {
      rate.sent(i);
      rate.passed(i, hints, i + 5);
      assert.ok(rate.nextAt() <= i + 5);
    }
  });

  it("requests wait for answers if the service has said that it allows no more of them", () => {
    const rate = new RateLimit();
    for (let i = 0; i < 3; i++) rate.sent(0);
    rate.passed(0, { remaining: 3, resetMs: 1_000 }, 10);
    assert.ok(rate.nextAt() <= 10, "one more is allowed");
    rate.sent(10);
    assert.equal(rate.nextAt(), 1_010);
  });

  it("a wait of more than a minute is shortened", () => {
    const rate = new RateLimit();
    rate.sent(0);
    rate.limited(0, 3_600_000, {}, 10);
    assert.equal(rate.nextAt(), 60_010);
  });

  it("the wait doubles while nothing gets through and the service does not say how long to wait", () => {
    const rate = new RateLimit();
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 10; i++) {
      rate.sent(now);
      rate.limited(now, undefined, {}, now);
      waits.push(rate.nextAt() - now);
      now = rate.nextAt();
    }
    assert.deepEqual(waits.slice(0, 4), [500, 1_000, 2_000, 4_000]);
    assert.ok(Math.max(...waits) <= 60_000, String(waits));
  });

  it("requests that were under way when the limit was reached do not slow it down again", () => {
    const rate = new RateLimit();
    for (let i = 0; i < 10; i++) rate.sent(0);
    for (let i = 0; i < 5; i++) rate.passed(0, {}, 20);
    for (let i = 0; i < 5; i++) rate.limited(0, 1_000, {}, 21 + i);
    assert.ok(rate.nextAt() <= 1_030, String(rate.nextAt()));
    assert.ok((rate.perSecond ?? 0) > 4 && (rate.perSecond ?? 0) < 5, String(rate.perSecond));
  });
});

describe("the headers about a rate limit", () => {
  const NOW = Date.parse("2026-01-02T03:04:05Z");
  const second = 1 / 1000;
  const cases: [what: string, headers: Record<string, string>, hints: object][] = [
    ["no header", {}, {}],
    [
      "the first drafts",
      { "ratelimit-limit": "100", "ratelimit-remaining": "7", "ratelimit-reset": "50" },
      { remaining: 7, resetMs: 50_000 },
    ],
    [
      "a policy in the limit",
      { "ratelimit-limit": "10, 10;w=1, 1000;w=3600", "ratelimit-remaining": "0", "ratelimit-reset": "1" },
      { remaining: 0, resetMs: 1_000, rate: 10 * second },
    ],
    [
      "draft 7",
      { ratelimit: "limit=100, remaining=50, reset=5", "ratelimit-policy": "100;w=10" },
      { remaining: 50, resetMs: 5_000, rate: 10 * second },
    ],
    [
      "draft 8, with the tightest of several limits",
      {
        ratelimit: '"burst";r=3;t=2, "day";r=900;t=80000, "bytes";r=1;qu="content-bytes"',
        "ratelimit-policy": '"burst";q=20;w=1,"day";q=100000;w=86400,"bytes";q=5;qu="content-bytes";w=1',
      },
      { remaining: 3, resetMs: 2_000, rate: 20 * second },
    ],
    [
      "another unit than requests",
      { ratelimit: '"a";r=3;t=2, "b";r=0;t=9;qu="content-bytes"' },
      { remaining: 3, resetMs: 2_000 },
    ],
    [
      "seconds of many services",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" },
      { remaining: 0, resetMs: 30_000 },
    ],
    [
      "a time in seconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 12) },
      { remaining: 0, resetMs: 12_000 },
    ],
    [
      "a time in milliseconds that has passed",
      { "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(NOW - 12) },
      { remaining: 0, resetMs: 0 },
    ],
    ["nonsense", { ratelimit: "soon", "ratelimit-policy": "some;w=x", "x-ratelimit-reset": "never" }, {}],
  ];
  for (const [what, headers, hints] of cases) {
    it(what, () =>
      assert.deepEqual(
        rateHintsOf((name) => headers[name], NOW),
        hints,
      ),
    );
  }
});
