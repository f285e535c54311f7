import type { Interruption } from "../../network";
import { loadNetwork } from "../../load-network";

/** A request that may have a time limit. */
interface TimedRequest {
  /** The limit in seconds, from the option `customTimeouts`; 0 without a limit. */
  getTimeout?(): number;
}

/** A longer timer would fire immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends calls to Keycard when a resource's custom timeout is reached or the run is cancelled. The engine itself does not. */
export class Deadlines {
  private readonly cancelled = new AbortController();

  /** Ends all pending calls, and all that begin later. */
  cancel(): void {
    const reason: Interruption = { event: "was cancelled", remedy: "Run it again." };
    this.cancelled.abort(reason);
  }

  /**
   * Runs a call to Keycard within the custom timeout of its resource.
   *
   * @param operation - the name of the operation in the option `customTimeouts`
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
