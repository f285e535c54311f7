import { type Failure, failureOf, isNotFound, keycardError, seconds } from "./http/errors";
import { interruptionOf, latestOf, pause } from "./http/time";
import type { Secret } from "./wire";

/** The pauses before each further look for something that may appear late, in milliseconds: about 30 s together. */
export const PAUSES_MS: readonly number[] = [1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000];

export function lengthOf(pausesMs: readonly number[]): number {
  return pausesMs.reduce((sum, ms) => sum + ms, 0);
}

/** Calls `look` after each pause until it returns something. Returns undefined if it never does, or if it is interrupted. */
export async function lookAgain<T>(
  pausesMs: readonly number[],
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  for (const ms of pausesMs) {
    await pause(ms);
    if (interruptionOf()) return undefined;
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Waiter {
  readonly seen: SeenSecrets;
  readonly zones: Pick<ZoneEvidence, "missing">;
  readonly pausesMs: readonly number[];
  announce(line: string): void;
}

/** The parts of a request that it may have to wait for. */
interface SecretPlace {
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
  private readonly fixedZones = new Set<string>();

  constructor(private readonly client: Waiter) {}

  /** Remembers a zone that nobody can have created in this run, so that no request waits for it. */
  noteFixedZone(zoneId: string): void {
    this.fixedZones.add(zoneId);
  }

  /**
   * Runs a request until it is no longer rejected for such a cause, or the wait is over.
   *
   * @param leftMs - returns how much time the caller has left
   */
  async waitFor<T>(
    place: SecretPlace,
    send: () => Promise<T>,
    leftMs: () => number = () => Infinity,
  ): Promise<T> {
    const { pausesMs } = this.client;
    const begun = performance.now();
    let end = Infinity;
    for (let attempts = 1; ; attempts++) {
      try {
        return await send();
      } catch (error) {
        const failure = failureOf(error);
        const cause = failure && (await this.causeOf(place, failure, error));
        if (!cause) throw error;
        // What is missing may turn out to be the entity, not the zone. That does not restart the wait.
        end = Math.min(end, this.endOf(cause, failure));
        const restMs = Math.min(end - performance.now(), leftMs());
        const pauseMs = Math.min(pausesMs[attempts - 1] ?? restMs, restMs);
        if (restMs <= 0)
          throw keycardError({ ...failure, tried: { attempts, ms: performance.now() - begun } });
        await pause(pauseMs);
      }
    }
  }

  private async causeOf(
    { zoneId, entityId, name }: SecretPlace,
    failure: Failure,
    error: unknown,
  ): Promise<Cause | undefined> {
    const { seen, zones } = this.client;
    if (failure.status === 409 && failure.outcome === "refused" && seen.hasFreedName(zoneId, name)) {
      return `for the name "${name}" in zone ${zoneId}, whose secret was just deleted, to become free`;
    }
    if (failure.method !== "POST" || !isNotFound(error)) return undefined;
    if (this.fixedZones.has(zoneId) && (await zones.missing(zoneId)) !== undefined) return undefined;
    return seen.hasSeenZone(zoneId)
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

/** The zone of secrets that do not name one. */
export interface DefaultZone {
  id: string;
  /** The setting that it comes from, as an error names it. */
  place: string;
}

interface Prober {
  readonly seen: SeenSecrets;
  readonly pausesMs: readonly number[];
  /** The zone of the settings, and the setting that it comes from. */
  readonly defaultZone: DefaultZone | undefined;
  probeZone(zoneId: string): Promise<void>;
}

/** Finds out, once per zone, whether the zone is visible with these credentials. Without that, a 404 proves nothing. */
export class ZoneEvidence {
  private readonly probes = new Map<string, Promise<string | undefined>>();

  constructor(private readonly prober: Prober) {}

  /** Why the zone is not visible, as in "its listing answered 404"; undefined if it is visible. */
  async missing(zoneId: string): Promise<string | undefined> {
    const { seen } = this.prober;
    if (seen.hasSeenZone(zoneId)) return undefined;
    const probe = this.probes.get(zoneId) ?? this.probe(zoneId);
    this.probes.set(zoneId, probe);
    const reason = await probe;
    // Meanwhile another secret of the zone may have answered.
    return seen.hasSeenZone(zoneId) ? undefined : reason;
  }

  /** Says of a 404 whether the zone is the cause, and where its ID comes from. */
  async explain(error: unknown, zoneId: string, entityId?: string): Promise<unknown> {
    const failure = failureOf(error);
    if (failure?.status !== 404 || failure.outcome !== "refused" || failure.isForeign) return error;
    const { defaultZone } = this.prober;
    const place = defaultZone?.id === zoneId ? defaultZone.place : "the argument `zoneId`";
    if (failure.isUnproven) {
      const remedy = `The zone is that of ${place}. ${failure.remedy ?? ""}`.trim();
      return keycardError({ ...failure, remedy });
    }
    if ((await this.missing(zoneId).catch(() => undefined)) !== undefined) {
      const remedy =
        `Zone ${zoneId}, from ${place}, is not visible: its listing answers 404 too. Correct its ID, or use credentials of the ` +
        "organisation that has it.";
      return keycardError({ ...failure, remedy });
    }
    if (entityId === undefined) return error;
    const remedy = `Zone ${zoneId} is visible, so it is the entity ${entityId} that was not found. Correct \`entityId\`.`;
    return keycardError({ ...failure, remedy });
  }

  /** Runs a call, whose error tells if the zone is the cause. */
  async explaining<T>(call: Promise<T>, zoneId: string, entityId?: string): Promise<T> {
    return call.catch(async (error: unknown) => {
      throw await this.explain(error, zoneId, entityId);
    });
  }

  private async probe(zoneId: string): Promise<string | undefined> {
    const { seen, pausesMs } = this.prober;
    try {
      await this.prober.probeZone(zoneId);
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      if (seen.hasSeenZone(zoneId)) return undefined;
      // The answers of other secrets of the zone may be on their way.
      await lookAgain(pausesMs.slice(0, 2), () => seen.hasSeenZone(zoneId) || undefined);
      if (failure.status !== 404) this.probes.delete(zoneId);
      // The service's message may repeat the value of any secret of the zone, and the values to hide are not known here.
      const event = failure.status > 0 ? `answered ${failure.status}` : failure.event;
      return `${failure.method} ${failure.path} ${event}`;
    }
  }
}

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

/** What Keycard's answers have shown in this run, as evidence for later decisions. Moments are by `performance.now()`. */
export class SeenSecrets {
  /** How far the clock that sets `createdAt` is ahead of ours. */
  readonly creationClock = new ClockOffset();
  private readonly zones = new Set<string>();
  private readonly shown = new Map<string, { first: number; last: number }>();
  private readonly made = new Set<string>();
  private readonly freedNames = new Set<string>();

  /** Remembers that a zone answered, or refused a listing in a way that only an existing zone does. */
  noteZone(zoneId: string): void {
    this.zones.add(zoneId);
  }

  hasSeenZone(zoneId: string): boolean {
    return this.zones.has(zoneId);
  }

  noteShown(secrets: readonly Pick<Secret, "id">[]): void {
    const now = performance.now();
    for (const { id } of secrets) this.shown.set(id, { first: this.shown.get(id)?.first ?? now, last: now });
  }

  /** True if an answer showed the secret before a moment. A creation that began later did not create it. */
  wasShownBefore(id: string, moment: number): boolean {
    return (this.shown.get(id)?.first ?? Infinity) < moment;
  }

  wasShownSince(id: string, moment: number): boolean {
    return (this.shown.get(id)?.last ?? -Infinity) >= moment;
  }

  noteMade({ id, createdAt }: Pick<Secret, "id" | "createdAt">, sentAt: number): void {
    this.made.add(id);
    this.creationClock.note(createdAt, sentAt, performance.now());
  }

  hasMade(id: string): boolean {
    return this.made.has(id);
  }

  /** Remembers that this run has deleted or renamed a secret of that name. */
  noteFreedName(zoneId: string, name: string): void {
    this.freedNames.add(JSON.stringify([zoneId, name]));
  }

  hasFreedName(zoneId: string, name: string): boolean {
    return this.freedNames.has(JSON.stringify([zoneId, name]));
  }
}
