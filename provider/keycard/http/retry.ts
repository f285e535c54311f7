import { pause, CallTime, type Limits } from "./time";
import { type CallOptions, failureOf, isNotFound, keycardError, type Failure } from "./errors";

/** The maximum wait for a `Retry-After`, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 60_000;

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 20_000;

/**
 * How long to wait before another attempt: exponential backoff with full jitter, and at least as long as the service asks.
 *
 * @param attempt - the attempt that failed, from 1
 */
export function delayBeforeRetry(attempt: number, retryAfterMs = 0, random = Math.random): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, Math.round(random() * ceiling));
}

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date, as milliseconds up to the limit.
 *
 * @param now - milliseconds since the epoch, by the service's clock if that is known
 */
export function parseRetryAfter(header = "", now = Date.now()): number | undefined {
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

const MOST_ATTEMPTS = 10;

/** An unreadable answer seldom becomes readable a moment later. */
const MOST_UNREADABLE = 2;

const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
const NOT_DONE_STATUSES = new Set([425, 429]);

/** Retries calls that failed for a transient cause. */
export class Attempts {
  /** By `performance.now()`. */
  private limitedUntil = 0;

  constructor(private readonly limits: Limits) {}

  /**
   * Runs a call until it succeeds, fails permanently or times out.
   *
   * @param isRepeatable - false if a second call could do the work twice. Then it is retried only if it was certainly not done
   * @param attempt - makes one attempt, with the time of the call; `number` counts from 1
   * @param options - the time limit for all attempts, if it is less than usual, or the time that this call shares with
   *   others; and when to give up early
   */
  async run<T>(
    isRepeatable: boolean,
    attempt: (time: CallTime, number: number) => Promise<T>,
    {
      totalMs,
      time = new CallTime(this.limits, totalMs),
      givesUp,
    }: Pick<CallOptions, "totalMs" | "givesUp"> & { time?: CallTime } = {},
  ): Promise<T> {
    const failures: Failure[] = [];
    for (;;) {
      await this.untilAllowed(time);
      try {
        return await attempt(time, failures.length + 1);
      } catch (error) {
        const failure = failureOf(error);
        if (!failure) throw error;
        failures.push(failure);
        const pauseMs = this.pauseAfter(failure, failures.length);
        const triesAgain =
          failures.length < MOST_ATTEMPTS &&
          mayPass(failure, isRepeatable) &&
          failures.filter(({ isUnreadable }) => isUnreadable).length < MOST_UNREADABLE &&
          !givesUp?.(failure, failures.length) &&
          // An attempt that the time limit cuts short would replace a known failure by a timeout.
          pauseMs < time.leftMs();
        if (!triesAgain) throw summaryOf(error, failures, time);
        await pause(pauseMs);
        if (time.leftMs() <= 0) throw summaryOf(error, failures, time);
      }
    }
  }

  /** A rate limit applies to every call of the process, so the next attempts of all calls wait for it. */
  private pauseAfter({ status, retryAfterMs }: Failure, attempt: number): number {
    const pauseMs = delayBeforeRetry(attempt, retryAfterMs);
    if (status === 429) this.limitedUntil = Math.max(this.limitedUntil, performance.now() + pauseMs);
    return pauseMs;
  }

  private async untilAllowed(time: CallTime): Promise<void> {
    const waitMs = () => Math.min(this.limitedUntil - performance.now(), time.leftMs());
    if (waitMs() > 0) time.waitedFor = "Keycard limits the request rate";
    // Meanwhile another call may have been told to wait longer.
    while (waitMs() > 0) await pause(Math.ceil(waitMs()));
  }
}

function mayPass({ status, outcome, tried, lasting }: Failure, isRepeatable: boolean): boolean {
  if (tried || lasting) return false;
  if (outcome === "unreached" || NOT_DONE_STATUSES.has(status)) return true;
  return isRepeatable && outcome === "unknown" && (status < 300 || PASSING_STATUSES.has(status));
}

/** The error of a call, built from that of its last attempt. */
function summaryOf(error: unknown, failures: readonly Failure[], time: CallTime): unknown {
  const last = failures.at(-1);
  if (!last) return error;
  // An earlier attempt may have succeeded, even if a later one was refused or never arrived.
  const isInDoubt = failures.some(({ outcome }) => outcome === "unknown") && !isNotFound(error);
  const outcome = isInDoubt ? "unknown" : last.outcome;
  if (last.tried && outcome === last.outcome) return error;
  return keycardError({
    ...last,
    outcome,
    tried: last.tried ?? { attempts: failures.length, ms: time.spentMs() },
  });
}
