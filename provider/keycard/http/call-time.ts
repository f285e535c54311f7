import { currentSignal, interruptionOf, untilInterrupted, type Interruption } from "./interruption";

/** How long a call is tried. */
export interface Limits {
  /** One attempt, in milliseconds. */
  attemptMs: number;
  /** A call with all its attempts and pauses, in milliseconds. */
  totalMs: number;
  /** What to raise for more time, as an error names it. */
  settings?: { attempt: string; total: string };
}

/** A limit on one attempt. */
export interface TimeLimit {
  /** From now on, in milliseconds. */
  ms: number;
  /** What the setting allows altogether, in milliseconds. */
  allowedMs: number;
  /** The setting that it comes from, as an error names it. */
  setting: string;
}

const SETTINGS = { attempt: "the time limit of an attempt", total: "the time limit of a call" };

/** The time of one call. It is measured with a clock that nobody sets. */
export class CallTime {
  /** What the call waited for last, for the error when its time is up. */
  waitedFor = "no time was left for it";
  private readonly begun = performance.now();
  private readonly settings;
  private readonly signal = currentSignal();

  /**
   * @param totalMs - how long the call may take, where that is less than usual
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

  /** How much time is left for the whole call, in milliseconds; 0 or less when there is none. */
  leftMs(): number {
    return this.interruption ? 0 : this.totalMs - this.spentMs();
  }

  /** Why the call has to end before its time is up, if it has to. */
  get interruption(): Interruption | undefined {
    return interruptionOf(this.signal);
  }

  /** What is left for the whole call. */
  total(): TimeLimit {
    return { ms: this.leftMs(), allowedMs: Math.max(0, this.totalMs), setting: this.settings.total };
  }

  /** What an attempt is limited to that begins now. */
  attempt(): TimeLimit {
    const { attemptMs } = this.limits;
    const total = this.total();
    return attemptMs <= total.ms
      ? { ms: attemptMs, allowedMs: attemptMs, setting: this.settings.attempt }
      : total;
  }
}

/**
 * Waits for something that others may wait for too, but no longer than there is time.
 *
 * @throws what `late` makes, when time is up
 */
export async function inTime<T>(promise: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await untilInterrupted(Promise.race([promise, timeout]), late);
  } finally {
    clearTimeout(timer);
  }
}
