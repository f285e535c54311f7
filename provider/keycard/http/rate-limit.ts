import { type CallTime, currentSignal } from "./time";

/** The maximum wait that a service can ask for, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** The first wait if the service does not say how long to wait, in milliseconds. It doubles as long as nothing gets through. */
const SHORTEST_WAIT_MS = 250;

/** A bit less than what was measured, because requests do not arrive at the intervals at which they are sent. */
const MARGIN = 0.98;

/** A rate that was measured with fewer answers may be far too low. */
const FEW_ANSWERS = 10;

/** The rate is raised after so many answers and at least so many milliseconds: sooner and faster if it may be far too low. */
const CALM = { answers: 10, ms: 1_000, stepPerWaitMs: 0.000_03, step: 0.25 };
const DOUBT = { answers: 4, ms: 500, stepPerWaitMs: Infinity, step: 0.5 };

/** A rate that was kept for so long, in milliseconds, is at most a little too high. */
const KEPT_MS = 2_000;

/** The part of such a rate that is tried next, and how near to it the rate is raised again. */
const [NEXT, NEAR] = [0.93, 0.97];

/** How late a timer may be without a delay of the requests that follow, in milliseconds. */
const LATE_MS = 10;

/** The slowest rate, in requests per millisecond: if it was measured, and if nothing got through that could tell it. */
const SLOWEST = { measured: 1 / LONGEST_WAIT_MS, unknown: 1 / 1000 };

export interface RateHints {
  /** How many more requests are allowed until the reset. */
  remaining?: number;
  /** When more requests are allowed, in milliseconds from now. */
  resetMs?: number;
  /** The allowed rate, in requests per millisecond. */
  rate?: number;
}

interface Measured {
  /** Absent until a request is sent. */
  since: number | undefined;
  answers: number;
}

interface Limited {
  since: number;
  /** The end of the wait after it. */
  until: number;
  answers: number;
  /** The rate at which requests were sent. */
  fastest: number;
}

/**
 * Learns the request rate that a service allows, and keeps it. Nothing is known before the service limits the rate: until
 * then, requests are not delayed. All moments are those of `performance.now()`.
 */
export class RateLimit {
  /** In requests per millisecond. */
  private rate: number | undefined;
  /** A rate that was a little too high. */
  private ceiling = Infinity;
  private isFixed = false;
  private lastTurn = -Infinity;
  private blockedUntil = -Infinity;
  private limitedAt = -Infinity;
  private count = 0;
  private waitMs = 0;
  /** What got through since the last limit. */
  private through: Measured = { since: undefined, answers: 0 };
  /** What got through before the last limit, with the wait after it. */
  private before: Limited | undefined;
  private calm = { since: 0, answers: 0 };
  /** The number of limits in a row between which nothing got through. */
  private droughts = 0;
  private pending = 0;
  private allowed: { left: number; until: number } | undefined;
  private throughAt = -Infinity;

  /** The rate that the service allows, in requests per second; undefined if it has set no limit. */
  get perSecond(): number | undefined {
    return this.rate && this.rate * 1000;
  }

  get lastThroughAt(): number {
    return this.throughAt;
  }

  /** When the next request may be sent; a moment in the past if it may be sent now. */
  nextAt(): number {
    const paced = this.rate === undefined ? -Infinity : this.lastTurn + 1 / this.rate;
    const reset = this.allowed && this.allowed.left <= 0 ? this.allowed.until : -Infinity;
    return Math.max(this.blockedUntil, paced, reset);
  }

  sent(now = performance.now()): void {
    this.through.since ??= now;
    this.pending++;
    if (this.allowed) this.allowed.left--;
    this.lastTurn = Math.max(this.rate === undefined ? now : this.lastTurn + 1 / this.rate, now - LATE_MS);
  }

  unanswered(): void {
    this.pending--;
  }

  /** Takes into account an answer that did not limit the rate. */
  passed(sentAt: number, hints: RateHints, now = performance.now()): void {
    this.pending--;
    this.throughAt = now;
    if (sentAt < this.limitedAt) return this.measureAgain();
    this.through.answers++;
    this.droughts = 0;
    const { remaining, resetMs } = hints;
    if (this.rate === undefined && remaining !== undefined && resetMs !== undefined) {
      this.allowed = { left: remaining - this.pending, until: now + Math.min(resetMs, LONGEST_WAIT_MS) };
      if (remaining === 0) this.limit(resetMs, hints, now);
    }
    this.raise(now);
  }

  /** Takes into account an answer with the status 429. @param retryAfterMs - how long the service asks to wait */
  limited(sentAt: number, retryAfterMs: number | undefined, hints: RateHints, now = performance.now()): void {
    this.pending--;
    const waitMs = retryAfterMs ?? hints.resetMs;
    if (sentAt >= this.limitedAt) this.limit(waitMs, hints, now);
    // Sent before the limit was known.
    else this.block(now + (waitMs ?? 0), now);
  }

  private limit(asked: number | undefined, hints: RateHints, now: number): void {
    const { answers } = this.through;
    const since = Math.min(this.through.since ?? now, now);
    const kept = now - since > KEPT_MS && answers >= FEW_ANSWERS ? (this.rate ?? 0) : 0;
    if (kept > 0) this.ceiling = kept;
    if (answers === 0) this.droughts++;
    const waitMs = Math.max(asked ?? 0, SHORTEST_WAIT_MS * 2 ** Math.min(this.droughts, 6));
    this.block(now + waitMs, now);
    this.waitMs = this.blockedUntil - now;
    this.isFixed = hints.rate !== undefined;
    // The wait counts, because the service allows again during it what it had allowed before.
    this.before = { since, answers, until: this.blockedUntil, fastest: this.rate ?? Infinity };
    if (hints.rate !== undefined) this.rate = hints.rate * MARGIN;
    else if (answers > 0) this.rate = Math.max(NEXT * kept, rateOf(this.before));
    else this.rate = Math.max(SLOWEST.unknown, (this.rate ?? 0) / 2);
    this.count++;
    this.limitedAt = now;
    this.allowed = undefined;
    this.through = { since: this.blockedUntil, answers: 0 };
    this.calm = { since: this.blockedUntil, answers: 0 };
    this.lastTurn = this.blockedUntil - 1 / this.rate;
  }

  /** An answer that was under way when the rate was limited belongs to the time before. */
  private measureAgain(): void {
    if (!this.before || this.isFixed) return;
    this.before.answers++;
    this.rate = Math.max(this.rate ?? 0, rateOf(this.before));
  }

  private block(until: number, now: number): void {
    this.blockedUntil = Math.max(this.blockedUntil, Math.min(until, now + LONGEST_WAIT_MS));
  }

  /** The measured rate is too low if the service has asked to wait for longer than necessary. */
  private raise(now: number): void {
    if (this.rate === undefined || this.isFixed) return;
    this.calm.answers++;
    const raise = (this.before?.answers ?? 0) < FEW_ANSWERS ? DOUBT : CALM;
    const ms = now - this.calm.since;
    if (this.calm.answers < raise.answers || ms < raise.ms) return;
    // Something else may have held the requests back.
    if (this.calm.answers > 0.7 * this.rate * ms) {
      const step = Math.min(raise.step, raise.stepPerWaitMs * this.waitMs) / this.count;
      this.rate = Math.max(this.rate, Math.min(this.rate * (1 + step), NEAR * this.ceiling));
    }
    this.ceiling *= 1.002;
    this.calm = { since: now, answers: 0 };
  }
}

function rateOf({ since, answers, until, fastest }: Limited): number {
  return Math.max(SLOWEST.measured, MARGIN * Math.min(answers / (until - since), fastest));
}

interface Waiting {
  /** When the wait began, or was last counted. */
  since: number;
  end: (hasTurn: boolean) => void;
}

/** Lets requests out in the order in which they came: at most so many at once, and no faster than the service allows. */
export class RequestQueue {
  private free: number;
  private readonly waiting = new Set<Waiting>();
  private readonly urgent = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  /** @param concurrency - the maximum number of requests at once, without the urgent ones */
  constructor(
    concurrency: number,
    private readonly rate: RateLimit,
  ) {
    this.free = concurrency;
  }

  /**
   * Waits for the turn of a request, which the caller must end with `leave`.
   *
   * @param time - the time of the call. As long as the service lets others through at a limited rate, the wait costs none
   * @param isUrgent - true for a request that others wait for. It comes next, even if all others are in use
   * @returns false if the time was up, or the call was interrupted
   */
  async enter(time: CallTime, isUrgent = false): Promise<boolean> {
    if (time.leftMs() <= 0) return false;
    const signal = currentSignal();
    const queue = isUrgent ? this.urgent : this.waiting;
    let timer: NodeJS.Timeout | undefined;
    const hasTurn = await new Promise<boolean>((resolve) => {
      const waiting: Waiting = { since: performance.now(), end: resolve };
      const interrupt = () => resolve(queue.delete(waiting) && false);
      const check = () => {
        this.countWait(waiting, time);
        if (time.leftMs() <= 0) interrupt();
        else timer = setTimeout(check, time.leftMs());
      };
      waiting.end = (hasTurn) => {
        this.countWait(waiting, time);
        signal?.removeEventListener("abort", interrupt);
        resolve(hasTurn);
      };
      timer = setTimeout(check, time.leftMs());
      signal?.addEventListener("abort", interrupt, { once: true });
      queue.add(waiting);
      this.next();
    });
    clearTimeout(timer);
    return hasTurn;
  }

  leave(isUrgent = false): void {
    if (!isUrgent) this.free++;
    this.next();
  }

  /** Ends waits for as long as requests may be sent. */
  next(): void {
    clearTimeout(this.timer);
    for (;;) {
      const queue = this.urgent.size > 0 ? this.urgent : this.free > 0 ? this.waiting : undefined;
      const [first] = queue ?? [];
      if (!queue || !first) return;
      const waitMs = this.rate.nextAt() - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.next(), Math.ceil(waitMs));
        return;
      }
      queue.delete(first);
      if (queue === this.waiting) this.free--;
      this.rate.sent();
      first.end(true);
    }
  }

  private countWait(waiting: Waiting, time: CallTime): void {
    const now = performance.now();
    if (this.rate.perSecond !== undefined && this.rate.lastThroughAt >= waiting.since) {
      time.waitedForTurn(now - waiting.since);
    }
    waiting.since = now;
  }
}
