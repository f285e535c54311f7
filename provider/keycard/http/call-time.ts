import { currentSignal, interruptionOf, type Interruption } from "./interruption";

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
