import { failureOf } from "./http/errors";
import { lookAgain } from "./look-again";
import type { Sightings } from "./sightings";

/** Finds out whether a zone is visible. */
interface Prober {
  readonly sightings: Sightings;
  readonly pausesMs: readonly number[];
  /** Requests the listing of a zone. */
  probeZone(zoneId: string): Promise<void>;
}

/** Finds out, once per zone, whether the zone is visible with these credentials. Without that, a 404 proves nothing. */
export class ZoneEvidence {
  private readonly probes = new Map<string, Promise<string | undefined>>();

  constructor(private readonly prober: Prober) {}

  /** Why the zone is not visible, as in "its listing answered 404"; undefined if it is visible. */
  async missing(zoneId: string): Promise<string | undefined> {
    const { sightings } = this.prober;
    if (sightings.hasSeenZone(zoneId)) return undefined;
    const probe = this.probes.get(zoneId) ?? this.probe(zoneId);
    this.probes.set(zoneId, probe);
    const reason = await probe;
    // Meanwhile another secret of the zone may have answered.
    return sightings.hasSeenZone(zoneId) ? undefined : reason;
  }

  private async probe(zoneId: string): Promise<string | undefined> {
    const { sightings, pausesMs } = this.prober;
    try {
      await this.prober.probeZone(zoneId);
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      if (sightings.hasSeenZone(zoneId)) return undefined;
      // The answers of other secrets of the zone may be on their way.
      await lookAgain(pausesMs.slice(0, 2), () => sightings.hasSeenZone(zoneId) || undefined);
      if (failure.status !== 404) this.probes.delete(zoneId);
      // The service's message may repeat the value of any secret of the zone, and the values to hide are not known here.
      const event = failure.status > 0 ? `answered ${failure.status}` : failure.event;
      return `${failure.method} ${failure.path} ${event}`;
    }
  }
}
