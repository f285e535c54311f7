import { setTimeout as sleep } from "node:timers/promises";
import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import type { CallOptions } from "../call-options";
import { failureOf, isNotFound, keycardError, type Failure } from "./errors";
import { delayBeforeRetry } from "./retry-timing";

/** How long and how often a call is tried. */
export interface Limits {
  /** One attempt, in milliseconds. */
  attemptMs: number;
  /** A call with all its attempts and pauses, in milliseconds. */
  totalMs: number;
}

const MOST_ATTEMPTS = 10;
const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
const NOT_DONE_STATUSES = new Set([425, 429]);

/** Repeats what failed for a passing cause. */
export class Attempts {
  private heldBackUntil = 0;

  constructor(private readonly limits: Limits) {}

  /**
   * Runs a call until it succeeds, fails for good or has taken too long.
   *
   * @param repeatable - false where a second call could do the work twice: then only what was certainly not done is
   *   tried again
   * @param attempt - makes one attempt; `limitMs` says how many milliseconds it may take from now on, and is 0 or less
   *   where there is no time left; `number` counts from 1
   * @param options - how long all attempts may take, where that is less than usual, and when to give up before
   */
  async run<T>(
    repeatable: boolean,
    attempt: (limitMs: () => number, number: number) => Promise<T>,
    { totalMs = this.limits.totalMs, givesUp }: Pick<CallOptions, "totalMs" | "givesUp"> = {},
  ): Promise<T> {
    const begun = Date.now();
    const remainingMs = () => begun + totalMs - Date.now();
    let attempts = 0;
    let pauseMs = 0;
    let doubt = false;
    const policy = retry(
      handleWhen((error) => {
        const failure = failureOf(error);
        doubt ||= failure?.outcome === "unknown";
        if (!failure || !mayPass(failure, repeatable) || givesUp?.(failure, attempts)) return false;
        pauseMs = this.pause(attempts, failure);
        // An attempt cut short by the end of the time would hide what is known under a timeout.
        return pauseMs < remainingMs();
      }),
      { maxAttempts: MOST_ATTEMPTS - 1, backoff: new DelegateBackoff(() => pauseMs) },
    );
    try {
      return await policy.execute(async () => {
        attempts++;
        await this.untilAllowed(remainingMs);
        return await attempt(() => Math.min(this.limits.attemptMs, remainingMs()), attempts);
      });
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      // What an earlier attempt may have done is not undone by a later one that was refused or never arrived.
      const outcome = doubt && !isNotFound(error) ? "unknown" : failure.outcome;
      if (failure.tried && outcome === failure.outcome) throw error;
      throw keycardError({
        ...failure,
        outcome,
        tried: failure.tried ?? { attempts, ms: Date.now() - begun },
      });
    }
  }

  /** A rate limit holds for every call of the process, so the next attempts of all of them wait for it. */
  private pause(attempt: number, failure: Failure): number {
    const ms = delayBeforeRetry(attempt, failure.retryAfterMs);
    if (failure.status === 429) this.heldBackUntil = Math.max(this.heldBackUntil, Date.now() + ms);
    return ms;
  }

  private async untilAllowed(remainingMs: () => number): Promise<void> {
    const waitMs = () => Math.min(this.heldBackUntil - Date.now(), remainingMs());
    // While one waits, another call may be told to wait longer.
    while (waitMs() > 0) await sleep(waitMs());
  }
}

function mayPass({ status, outcome, tried, lasting }: Failure, repeatable: boolean): boolean {
  if (tried || lasting) return false;
  if (outcome === "unreached" || NOT_DONE_STATUSES.has(status)) return true;
  return repeatable && outcome === "unknown" && (status < 300 || PASSING_STATUSES.has(status));
}
