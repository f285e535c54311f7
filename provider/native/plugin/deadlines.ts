import type { Interruption } from "../../network";
import { loadNetwork } from "../../load-network";

/** What a request tells of the time that it may take. */
interface TimedRequest {
  /** In seconds, from the option `customTimeouts`; 0 if it has none. */
  getTimeout?(): number;
}

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends calls to Keycard when the time of a resource is up, or when the run is cancelled: the engine does not. */
export class Deadlines {
  private readonly cancelled = new AbortController();

  /** Ends everything that is under way, and whatever begins from now on. */
  cancel(): void {
    const reason: Interruption = { event: "was cancelled", remedy: "Run it again." };
    this.cancelled.abort(reason);
  }

  /**
   * Runs a call to Keycard within the time that its resource allows.
   *
   * @param operation - as the option `customTimeouts` names it
   */
  async within<T>(request: TimedRequest, operation: string, run: () => Promise<T>): Promise<T> {
    const { interruptible } = await loadNetwork();
    const seconds = request.getTimeout?.() ?? 0;
    if (seconds <= 0) return interruptible(this.cancelled.signal, run);
    const timeout = new AbortController();
    const reason: Interruption = {
      event: `reached the custom timeout of ${seconds} s`,
      remedy: `Raise \`customTimeouts.${operation}\` of the resource.`,
    };
    const timer = setTimeout(() => timeout.abort(reason), Math.min(seconds * 1000, LONGEST_TIMER_MS));
    try {
      return await interruptible(AbortSignal.any([this.cancelled.signal, timeout.signal]), run);
    } finally {
      clearTimeout(timer);
    }
  }
}
