import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Why calls end before they time out. */
export interface Interruption {
  /** As in "was cancelled". */
  event: string;
  remedy: string;
}

/** The signal of the running code. Its reason is an {@link Interruption}. */
const current = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs code whose calls to Keycard end when a signal aborts: pending requests are abandoned, pauses end, and nothing
 * more is sent.
 *
 * @param signal - its reason is an {@link Interruption}
 */
export function interruptible<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return current.run(signal, run);
}

/** Runs code whose result others share, so that no caller's signal may end it. */
export function uninterruptible<T>(run: () => Promise<T>): Promise<T> {
  return current.run(undefined, run);
}

/** The signal that can end the running code, if there is one. */
export function currentSignal(): AbortSignal | undefined {
  return current.getStore();
}

/** Why the running code must end; undefined if it need not. */
export function interruptionOf(signal = currentSignal()): Interruption | undefined {
  return signal?.aborted ? (signal.reason as Interruption) : undefined;
}

export async function pause(ms: number): Promise<void> {
  const signal = currentSignal();
  if (!signal) return void (await sleep(ms));
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Waits for a promise, which others may share, until a time limit or an interruption. The promise continues for the others.
 *
 * @param limitMs - no limit if it is absent
 * @param late - returns the error; `interruption` is absent if the time was up
 * @throws the error that `late` returns, in both cases
 */
export async function inTime<T>(
  promise: Promise<T>,
  limitMs: number | undefined,
  late: (interruption?: Interruption) => Error,
): Promise<T> {
  const signal = currentSignal();
  let end: () => void = () => undefined;
  const over = new Promise<never>((_resolve, reject) => (end = () => reject(late(interruptionOf(signal)))));
  const timer = limitMs === undefined ? undefined : setTimeout(end, limitMs);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

export interface Limits {
  /** One attempt, in milliseconds. */
  attemptMs: number;
  /** A call with all its attempts and pauses, in milliseconds. */
  totalMs: number;
  /** The settings to raise for more time, as an error names them. */
  settings?: { attempt: string; total: string };
}

export interface TimeLimit {
  /** The remaining time, in milliseconds. */
  ms: number;
  /** The time that the setting allows in total, in milliseconds. */
  allowedMs: number;
  /** The setting that it comes from, as an error names it. */
  setting: string;
}

const SETTINGS = { attempt: "the time limit of an attempt", total: "the time limit of a call" };

/** A service that limits the rate of one call so often will not let it through, so its waits count from then on. */
const MOST_LIMITED = 10;

/** The time of one call, measured with a monotonic clock. Waiting for its turn while the service limits the rate costs none. */
export class CallTime {
  /** Says what the call waits for or waited for last, in case it times out before it is sent. */
  waitsFor = () => "no time was left";
  /** True while a request of the call is on its way. */
  isSent = false;
  private readonly begun = performance.now();
  private readonly signal = currentSignal();
  private freeMs = 0;
  private limited = 0;

  /**
   * @param totalMs - the time limit of the call, if it is less than usual
   * @param whole - the time of the operation that the call belongs to
   */
  constructor(
    private readonly limits: Limits,
    private readonly totalMs = limits.totalMs,
    private readonly whole?: CallTime,
  ) {}

  /** The time of one call out of several that share this time. */
  ofOneCall(): CallTime {
    return new CallTime(this.limits, Math.min(this.limits.totalMs, this.leftMs()), this);
  }

  spentMs(): number {
    return performance.now() - this.begun;
  }

  /** The time that is left for the call, in milliseconds; 0 or less if none is left. */
  leftMs(): number {
    return this.interruption ? 0 : this.totalMs + this.freeMs - this.spentMs();
  }

  /** Notes that the call waited for its turn, because the service limits the rate. */
  waitedForTurn(ms: number): void {
    if (this.limited > MOST_LIMITED) return;
    this.freeMs += ms;
    this.whole?.waitedForTurn(ms);
  }

  noteLimited(): void {
    this.limited++;
  }

  /** Why the call must end before it times out; undefined if it need not. */
  get interruption(): Interruption | undefined {
    return interruptionOf(this.signal);
  }

  /** The limit of the call with all its attempts. */
  total(): TimeLimit {
    const { total } = this.limits.settings ?? SETTINGS;
    return { ms: this.leftMs(), allowedMs: Math.max(0, this.totalMs), setting: total };
  }

  /** The limit of an attempt that begins now. */
  attempt(): TimeLimit {
    const { attemptMs, settings = SETTINGS } = this.limits;
    const total = this.total();
    return attemptMs <= total.ms ? { ms: attemptMs, allowedMs: attemptMs, setting: settings.attempt } : total;
  }
}

/** A `Date` header has whole seconds. */
const RESOLUTION_MS = 1000;

/** How far the clocks of one service's machines may differ. */
const SKEW_MS = 250;

/**
 * The service's clock, estimated from the `Date` headers of its answers. All moments are those of `performance.now()`,
 * which does not change if our own clock is set.
 */
export class ServerClock {
  /** The least that the service's clock is ahead of ours. */
  private aheadMs: number | undefined;

  /** Takes into account the date of an answer. @param date - milliseconds since the epoch */
  note(date: number, sentAt: number, receivedAt: number): void {
    const atLeast = date - receivedAt;
    const atMost = date + RESOLUTION_MS - sentAt;
    // Each answer can only make it more precise, unless the service has set its clock back.
    const setBack = this.aheadMs !== undefined && atMost < this.aheadMs;
    this.aheadMs = setBack ? atLeast : Math.max(this.aheadMs ?? -Infinity, atLeast);
  }

  /**
   * The earliest time that the service's clock can have shown at a moment, in milliseconds since the epoch; undefined until
   * an answer had a date.
   */
  earliestAt(moment: number): number | undefined {
    return this.aheadMs === undefined ? undefined : moment + this.aheadMs - SKEW_MS;
  }

  /**
   * The earliest moment that a time of the service can mean, if `earliestAt` returned that time in an earlier run; undefined
   * until an answer had a date.
   */
  earliestMomentOf(time: number): number | undefined {
    // Each run has seen its own dates, which are cut to whole seconds.
    return this.aheadMs === undefined ? undefined : time - this.aheadMs + SKEW_MS - RESOLUTION_MS;
  }
}

/** The latest moment that an RFC 3339 time can mean, in milliseconds since the epoch: it may have been cut to whole seconds. */
export function latestOf(time: string): number {
  return Date.parse(time) + (time.includes(".") ? 0 : RESOLUTION_MS - 1);
}
