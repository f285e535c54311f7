/** A `Date` header counts whole seconds. */
const RESOLUTION_MS = 1000;

/** How far the clocks of one service's machines may lie apart. */
const SKEW_MS = 250;

/**
 * The service's clock, as far as the `Date` headers of its answers tell. All moments that go in are those of
 * `performance.now()`, which no change of our own clock moves.
 */
export class ServerClock {
  /** How far the service's clock is ahead of ours, at the least. */
  private aheadMs: number | undefined;

  /**
   * Takes the date of an answer into account.
   *
   * @param date - milliseconds since the epoch
   */
  note(date: number, sentAt: number, receivedAt: number): void {
    const atLeast = date - receivedAt;
    const atMost = date + RESOLUTION_MS - sentAt;
    // Each answer can only make it more precise, unless the service has set its clock back.
    const setBack = this.aheadMs !== undefined && atMost < this.aheadMs;
    this.aheadMs = setBack ? atLeast : Math.max(this.aheadMs ?? -Infinity, atLeast);
  }

  /**
   * The earliest that the service's clock can have shown at a moment, in milliseconds since the epoch; undefined as
   * long as no answer had a date.
   */
  earliestAt(moment: number): number | undefined {
    return this.aheadMs === undefined ? undefined : moment + this.aheadMs - SKEW_MS;
  }

  /**
   * The earliest moment that can belong to a time of the service, given as `earliestAt` returned it in an earlier run;
   * undefined as long as no answer had a date.
   */
  earliestMomentOf(time: number): number | undefined {
    // The two runs have seen dates of their own, each cut to a whole second.
    return this.aheadMs === undefined ? undefined : time - this.aheadMs + SKEW_MS - RESOLUTION_MS;
  }
}

/** The latest, in milliseconds since the epoch, that an RFC 3339 time can mean, which may have been cut to whole seconds. */
export function latestOf(time: string): number {
  return Date.parse(time) + (time.includes(".") ? 0 : RESOLUTION_MS - 1);
}
