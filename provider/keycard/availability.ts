import { pause } from "./http/interruption";
import { failureOf, isNotFound, keycardError, seconds, type Failure } from "./http/errors";
import { lengthOf } from "./look-again";
import type { Sightings } from "./sightings";

/** What a wait needs to know. */
interface Waiter {
  readonly sightings: Sightings;
  readonly pausesMs: readonly number[];
  announce(line: string): void;
}

/** The parts of a request that it may have to wait for. */
export interface Slot {
  zoneId: string;
  entityId: string;
  name: string;
}

/** Something that a request waits for, as in "for entity ent_1 to become available". */
type Cause = string;

/**
 * Retries requests that were rejected because something is not available yet: a zone or an entity that was created in
 * the same run, or the name of a secret that was deleted in it. Requests that wait for the same thing share one deadline.
 */
export class Availability {
  private readonly ends = new Map<Cause, number>();

  constructor(private readonly client: Waiter) {}

  /**
   * Runs a request until it is no longer rejected for such a cause, or the wait is over.
   *
   * @param leftMs - returns how much time the caller has left
   * @throws what the last request threw
   */
  async waitFor<T>(slot: Slot, send: () => Promise<T>, leftMs: () => number = () => Infinity): Promise<T> {
    const { pausesMs } = this.client;
    const begun = performance.now();
    let end = Infinity;
    for (let attempts = 1; ; attempts++) {
      try {
        return await send();
      } catch (error) {
        const failure = failureOf(error);
        const cause = failure && this.causeOf(slot, failure, error);
        if (!cause) throw error;
        // What is missing may turn out to be the entity, not the zone. That does not restart the wait.
        end = Math.min(end, this.endOf(cause, failure));
        const restMs = Math.min(end - performance.now(), leftMs());
        const pauseMs = Math.min(pausesMs[attempts - 1] ?? restMs, restMs);
        if (restMs <= 0) throw withAttempts(failure, attempts, performance.now() - begun);
        await pause(pauseMs);
      }
    }
  }

  private causeOf({ zoneId, entityId, name }: Slot, failure: Failure, error: unknown): Cause | undefined {
    const { sightings } = this.client;
    if (failure.status === 409 && failure.outcome === "refused" && sightings.hasFreedName(zoneId, name)) {
      return `for the name "${name}" in zone ${zoneId}, whose secret was just deleted, to become free`;
    }
    if (failure.method !== "POST" || !isNotFound(error)) return undefined;
    return sightings.hasSeenZone(zoneId)
      ? `for entity ${entityId} of zone ${zoneId} to become available`
      : `for zone ${zoneId} to become available`;
  }

  private endOf(cause: Cause, { method, path, status }: Failure): number {
    const known = this.ends.get(cause);
    if (known !== undefined) return known;
    const lengthMs = lengthOf(this.client.pausesMs);
    const end = performance.now() + lengthMs;
    this.ends.set(cause, end);
    this.client.announce(
      `Waiting up to ${seconds(lengthMs)} ${cause}: Keycard answered ${status} to ${method} ${path}.`,
    );
    return end;
  }
}

function withAttempts(failure: Failure, attempts: number, ms: number): Error {
  return keycardError({ ...failure, tried: { attempts, ms } });
}
