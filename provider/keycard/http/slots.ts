/** Limits the number of requests at once. The others wait in the order in which they came. */
export class Slots {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(count: number) {
    this.free = count;
  }

  /**
   * Takes a slot, which the caller must release.
   *
   * @param limitMs - how long to wait for one, in milliseconds
   * @returns false, with no slot taken, if none became free in time
   */
  async take(limitMs: number): Promise<boolean> {
    if (limitMs <= 0) return false;
    if (this.free > 0) {
      this.free--;
      return true;
    }
    return new Promise((resolve) => {
      const proceed = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(proceed);
        resolve(false);
      }, limitMs);
      this.waiting.add(proceed);
    });
  }

  /** Passes the slot to the request that has waited longest. */
  release(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free++;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
