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

  /**
   * Takes into account the date of an answer.
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
