import type { OutgoingHttpHeaders } from "node:http";

/** How a service limits the request rate, tokens included. */
export interface RateLimit {
  perSecond: number;
  /**
   * The number of requests that may come at once.
   *
   * @defaultValue `perSecond`
   */
  burst?: number;
  /**
   * Whether permissions come one by one, or all at the beginning of each second.
   *
   * @defaultValue `one by one`
   */
  refill?: "one by one" | "each second";
  /**
   * What a 429 says: how long to wait, in seconds or as a date; or every answer says it in the headers of a draft of the
   * standard, or as many services do (`x`).
   *
   * @defaultValue `seconds`
   */
  says?: "nothing" | "seconds" | "date" | "draft-6" | "draft-7" | "draft-8" | "x";
}

/** Counts requests, and says which of them are too many. */
export class RateCounter {
  private left: number;
  private since: number;

  constructor(
    private readonly limit: RateLimit,
    private readonly now: () => number,
  ) {
    this.left = this.burst;
    this.since = now();
  }

  /** Counts a request. Returns the headers of its answer, and whether it is one too many. */
  count(): { isRefused: boolean; headers: OutgoingHttpHeaders } {
    const { perSecond, refill = "one by one" } = this.limit;
    const passedMs = this.now() - this.since;
    if (refill === "one by one") {
      this.left = Math.min(this.burst, this.left + (passedMs * perSecond) / 1000);
      this.since = this.now();
    } else if (passedMs >= 1000) {
      this.left = this.burst;
      this.since += Math.floor(passedMs / 1000) * 1000;
    }
    const isRefused = this.left < 1;
    if (!isRefused) this.left--;
    return { isRefused, headers: this.headersFor(isRefused) };
  }

  private get burst(): number {
    return this.limit.burst ?? this.limit.perSecond;
  }

  /** Whole seconds, as in most services. */
  private get resetS(): number {
    const { perSecond, refill = "one by one" } = this.limit;
    const ms =
      refill === "one by one"
        ? ((1 - Math.min(1, this.left)) * 1000) / perSecond
        : this.since + 1000 - this.now();
    return Math.max(1, Math.ceil(ms / 1000));
  }

  private headersFor(isRefused: boolean): OutgoingHttpHeaders {
    const { says = "seconds" } = this.limit;
    const [limit, left, reset] = [this.burst, Math.max(0, Math.floor(this.left)), this.resetS];
    const windowS = Math.max(1, Math.round(this.burst / this.limit.perSecond));
    switch (says) {
      case "nothing":
        return {};
      case "seconds":
        return isRefused ? { "retry-after": String(reset) } : {};
      case "date":
        return isRefused ? { "retry-after": new Date(this.now() + reset * 1000).toUTCString() } : {};
      case "draft-6":
        return { "ratelimit-limit": limit, "ratelimit-remaining": left, "ratelimit-reset": reset };
      case "draft-7":
        return {
          ratelimit: `limit=${limit}, remaining=${left}, reset=${reset}`,
          "ratelimit-policy": `${limit};w=${windowS}`,
        };
      case "draft-8":
        return {
          ratelimit: `"writes";r=${left};t=${reset}, "day";r=100000;t=80000`,
          "ratelimit-policy": `"writes";q=${limit};w=${windowS}, "day";q=100000;w=86400`,
        };
      case "x":
        return {
          "x-ratelimit-limit": limit,
          "x-ratelimit-remaining": left,
          "x-ratelimit-reset": Math.floor(this.now() / 1000) + reset,
        };
    }
  }
}
