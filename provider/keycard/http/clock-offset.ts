import { latestOf } from "./server-clock";

/**
 * How far the clock behind the times in answers is ahead of ours, measured by what was created between a request and its
 * answer. It need not be the clock of the `Date` header.
 */
export class ClockOffset {
  private bounds: { least: number; most: number } | undefined;

  /**
   * Takes a time into account that the service set while it worked on a request.
   *
   * @param time - RFC 3339; anything else is ignored
   * @param sentAt - by `performance.now()`, as is `receivedAt`
   */
  note(time: string, sentAt: number, receivedAt: number): void {
    const least = Date.parse(time) - receivedAt;
    const most = latestOf(time) - sentAt;
    if (Number.isNaN(least)) return;
    const { bounds } = this;
    // Bounds that do not meet are those of several clocks, of which any may have set the next time.
    const isOneClock = bounds === undefined || (least <= bounds.most && most >= bounds.least);
    const [inner, outer] = isOneClock ? [Math.max, Math.min] : [Math.min, Math.max];
    this.bounds = {
      least: bounds ? inner(bounds.least, least) : least,
      most: bounds ? outer(bounds.most, most) : most,
    };
  }

  /** The latest moment, by `performance.now()`, that a time can stand for; undefined until something was measured. */
  latestMoment(time: string): number | undefined {
    return this.bounds && latestOf(time) - this.bounds.least;
  }
}
