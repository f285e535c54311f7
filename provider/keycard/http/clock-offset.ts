import { latestOf } from "./server-clock";

/**
 * How far the clock that sets the times in answers is ahead of ours, measured by secrets that were created between a
 * request and its answer. It may be a different clock from that of the `Date` header.
 */
export class ClockOffset {
  private bounds: { least: number; most: number } | undefined;

  /**
   * Takes into account a time that the service set while it worked on a request.
   *
   * @param time - RFC 3339; anything else is ignored
   * @param sentAt - by `performance.now()`, as is `receivedAt`
   */
  note(time: string, sentAt: number, receivedAt: number): void {
    const least = Date.parse(time) - receivedAt;
    const most = latestOf(time) - sentAt;
    if (Number.isNaN(least)) return;
    const { bounds } = this;
    // Bounds that do not overlap come from several clocks, and any of them may set the next time.
    const isOneClock = bounds === undefined || (least <= bounds.most && most >= bounds.least);
    const [inner, outer] = isOneClock ? [Math.max, Math.min] : [Math.min, Math.max];
    this.bounds = {
      least: bounds ? inner(bounds.least, least) : least,
      most: bounds ? outer(bounds.most, most) : most,
    };
  }

  /** The latest moment, by `performance.now()`, that a time can mean; undefined until something was measured. */
  latestMoment(time: string): number | undefined {
    return this.bounds && latestOf(time) - this.bounds.least;
  }
}
