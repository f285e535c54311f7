import type { IncomingHttpHeaders } from "node:http";
import type { Endless } from "./endless-answer";

/** Whether something happens before or after the work of a request. */
export type Moment = "before" | "after";

/** The content of a request, for an answer that repeats it. */
export interface Sent {
  headers: IncomingHttpHeaders;
  /** As parsed. */
  body: unknown;
}

/** The effect of a fault on a request. */
export type FaultKind =
  /** Destroys the socket. */
  | { drop: Moment }
  /** Destroys the socket, and does the work so many milliseconds later. */
  | { lateWorkMs: number }
  /**
   * Answers a status. The body is JSON unless it is a string; a function builds it from what was {@link Sent}. `when`
   * is `before` by default.
   */
  | { status: number; when?: Moment; headers?: Record<string, string>; body?: unknown }
  /** Waits for milliseconds; `when` is `before` by default. */
  | { delayMs: number; when?: Moment }
  /**
   * Does the work, answers its status, and spoils the body: half of the JSON in an answer that is whole
   * (`truncated`) or that ends with a closed socket (`cut-off`), a web page, nothing, or foreign JSON.
   */
  | { body: "truncated" | "cut-off" | "html" | "empty" | "foreign-json" }
  /** Does the work, and sends the status line and headers piece by piece over so many milliseconds. */
  | { slowHeaders: number }
  /** Does the work, sends the headers at once, and the body piece by piece over so many milliseconds. */
  | { slowBody: number }
  /** Does the work, and begins an answer that never ends. */
  | { endless: Endless }
  /** Answers a redirect instead of doing the work, with status 307 by default. */
  | { redirect: string | ((sent: Sent) => string); status?: number }
  /** Revokes the token of the request, and answers 401. The static token is rejected only this once. */
  | { revokeToken: true }
  /** Issues a token with a lifetime of so many seconds. Only hits token requests. */
  | { shortLivedToken: number };

/** Which requests a fault hits, and its effect. */
export interface FaultOptions {
  kind: FaultKind;
  /**
   * @defaultValue every method
   */
  method?: string;
  /**
   * Which paths, as sent: percent-encoded, without the query.
   *
   * @defaultValue every path but that of the token endpoint (for `shortLivedToken`: only that one)
   */
  path?: RegExp | ((path: string) => boolean);
  /** Which of these requests, by their content; all by default. */
  only?: (sent: Sent) => boolean;
  /**
   * The number of requests to hit.
   *
   * @defaultValue `1`
   */
  times?: number;
  /**
   * The number of matching requests to skip first.
   *
   * @defaultValue `0`
   */
  after?: number;
  /**
   * The probability that a matching request is hit, from 0 to 1, by a seeded random number.
   *
   * @defaultValue `1`
   */
  probability?: number;
}

/** A fault that was added. */
export interface Fault {
  /** The number of requests that it has hit. */
  readonly hits: number;
  remove(): void;
}

interface ArmedFault {
  options: FaultOptions;
  seen: number;
  hits: number;
}

/** The faults that wait for requests. At most one hits a request: the first that matches. */
export class Faults {
  readonly #armed = new Set<ArmedFault>();

  /**
   * @param random - returns numbers from 0 to 1, for faults with a probability
   * @param tokenPath - the path of the token endpoint
   */
  constructor(
    private readonly random: () => number,
    private readonly tokenPath: string,
  ) {}

  add(options: FaultOptions): Fault {
    const fault: ArmedFault = { options, seen: 0, hits: 0 };
    this.#armed.add(fault);
    return {
      get hits() {
        return fault.hits;
      },
      remove: () => void this.#armed.delete(fault),
    };
  }

  clear(): void {
    this.#armed.clear();
  }

  /** Finds the fault that hits a request, and counts it. */
  hit(method: string, path: string, sent: Sent): FaultKind | undefined {
    for (const fault of this.#armed) {
      const { kind, times = 1, after = 0, probability = 1 } = fault.options;
      if (!this.#matches(fault.options, method, path) || fault.options.only?.(sent) === false) continue;
      fault.seen += 1;
      if (fault.seen <= after || (probability < 1 && this.random() >= probability)) continue;
      fault.hits += 1;
      if (fault.hits >= times) this.#armed.delete(fault);
      return kind;
    }
    return undefined;
  }

  #matches(options: FaultOptions, method: string, path: string): boolean {
    if (options.method !== undefined && options.method.toUpperCase() !== method) return false;
    const wanted = options.path;
    if (wanted === undefined) return (path === this.tokenPath) === "shortLivedToken" in options.kind;
    // `search` ignores the lastIndex of a pattern with the flag g, `test` does not.
    return wanted instanceof RegExp ? path.search(wanted) !== -1 : wanted(path);
  }
}

/** A small seeded generator (mulberry32): the same seed gives the same faults. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
