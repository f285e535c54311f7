import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Why calls end before they time out. */
export interface Interruption {
  /** As in "was cancelled". */
  event: string;
  /** The remedy, as a sentence. */
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

/** Waits for a number of milliseconds, or until an interruption. */
export async function pause(ms: number): Promise<void> {
  const signal = currentSignal();
  if (!signal) return void (await sleep(ms));
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Waits for a shared promise until an interruption. The promise continues for the others.
 *
 * @param late - returns the error for the interruption, which it cannot read from the running code
 * @throws the error that `late` returns, if it is interrupted
 */
export async function untilInterrupted<T>(
  promise: Promise<T>,
  late: (interruption: Interruption) => Error,
): Promise<T> {
  const signal = currentSignal();
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(late(signal.reason as Interruption));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

/** The time limits of a call. */
export interface Limits {
  /** One attempt, in milliseconds. */
  attemptMs: number;
  /** A call with all its attempts and pauses, in milliseconds. */
  totalMs: number;
  /** The settings to raise for more time, as an error names them. */
  settings?: { attempt: string; total: string };
}

/** A limit on one attempt. */
export interface TimeLimit {
  /** The remaining time, in milliseconds. */
  ms: number;
  /** The time that the setting allows in total, in milliseconds. */
  allowedMs: number;
  /** The setting that it comes from, as an error names it. */
  setting: string;
}

const SETTINGS = { attempt: "the time limit of an attempt", total: "the time limit of a call" };

/** The time of one call, measured with a monotonic clock. */
export class CallTime {
  /** What the call waited for last, for the error when it times out. */
  waitedFor = "no time was left";
  private readonly begun = performance.now();
  private readonly settings;
  private readonly signal = currentSignal();

  /**
   * @param totalMs - the time limit of the call, if it is less than usual
   */
  constructor(
    private readonly limits: Limits,
    private readonly totalMs = limits.totalMs,
  ) {
    this.settings = limits.settings ?? SETTINGS;
  }

  /** How long the call has taken so far, in milliseconds. */
  spentMs(): number {
    return performance.now() - this.begun;
  }

  /** The time that is left for the call, in milliseconds; 0 or less if none is left. */
  leftMs(): number {
    return this.interruption ? 0 : this.totalMs - this.spentMs();
  }

  /** Why the call must end before it times out; undefined if it need not. */
  get interruption(): Interruption | undefined {
    return interruptionOf(this.signal);
  }

  /** The limit of the call with all its attempts. */
  total(): TimeLimit {
    return { ms: this.leftMs(), allowedMs: Math.max(0, this.totalMs), setting: this.settings.total };
  }

  /** The limit of an attempt that begins now. */
  attempt(): TimeLimit {
    const { attemptMs } = this.limits;
    const total = this.total();
    return attemptMs <= total.ms
      ? { ms: attemptMs, allowedMs: attemptMs, setting: this.settings.attempt }
      : total;
  }
}

/**
 * Waits for a promise, which others may share, until a time limit or an interruption.
 *
 * @throws the error that `late` returns, in both cases
 */
export function inTime<T>(promise: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  const signal = currentSignal();
  // A single promise: with `Promise.race` and async functions, it costs 2 % of the throughput.
  return new Promise((resolve, reject) => {
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    };
    const end = () => {
      release();
      reject(late());
    };
    const timer = setTimeout(end, limitMs);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    promise.then(
      (value) => {
        release();
        resolve(value);
      },
      (error: Error) => {
        release();
        reject(error);
      },
    );
  });
}
