import type { RateLimit } from "./rate-limit";
import { currentSignal, type CallTime } from "./time";

/** A request that waits for its turn. */
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

  /** Ends the turn of a request. */
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
