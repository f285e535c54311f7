import { latestOf } from "./http/clock";
import type { Secret } from "./wire";

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
export class Sightings {
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

  /** True if the zone is visible with these credentials. */
  hasSeenZone(zoneId: string): boolean {
    return this.zones.has(zoneId);
  }

  /** Remembers secrets that an answer showed just now. */
  noteShown(secrets: readonly Pick<Secret, "id">[]): void {
    const now = performance.now();
    for (const { id } of secrets) this.shown.set(id, { first: this.shown.get(id)?.first ?? now, last: now });
  }

  /** True if an answer showed the secret before a moment. A creation that began later did not create it. */
  wasShownBefore(id: string, moment: number): boolean {
    return (this.shown.get(id)?.first ?? Infinity) < moment;
  }

  /** True if an answer showed the secret after a moment. */
  wasShownSince(id: string, moment: number): boolean {
    return (this.shown.get(id)?.last ?? -Infinity) >= moment;
  }

  /** Remembers a secret that this run has created. */
  noteMade({ id, createdAt }: Pick<Secret, "id" | "createdAt">, sentAt: number): void {
    this.made.add(id);
    this.creationClock.note(createdAt, sentAt, performance.now());
  }

  /** True if this run has created the secret. */
  hasMade(id: string): boolean {
    return this.made.has(id);
  }

  /** Remembers that this run has deleted or renamed a secret of that name. */
  noteFreedName(zoneId: string, name: string): void {
    this.freedNames.add(JSON.stringify([zoneId, name]));
  }

  /** True if this run has deleted or renamed a secret of that name. */
  hasFreedName(zoneId: string, name: string): boolean {
    return this.freedNames.has(JSON.stringify([zoneId, name]));
  }
}
