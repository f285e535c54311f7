import { Refusal } from "./refusal";

/** A zone or an entity. */
export type Place = { zoneId: string } | { entityId: string };

/** Zones and entities that exist only after a while, and the answers "not found" that a cache repeats after that. */
export class LatePlaces {
  readonly #existsFrom = new Map<string, number>();
  readonly #notFoundUntil = new Map<string, number>();

  /** Makes a zone or an entity exist only after so many milliseconds. */
  delay(place: Place, ms: number): void {
    this.#existsFrom.set(keyOf(place), Date.now() + ms);
  }

  /**
   * Refuses a request for a place that does not exist yet, or whose refusal is still cached.
   *
   * @param cacheMs - how long an answer "not found" is repeated
   * @throws Refusal 404
   */
  refuseMissing(place: Place, cacheMs: number): void {
    const key = keyOf(place);
    const now = Date.now();
    const isMissing = now < (this.#existsFrom.get(key) ?? 0);
    if (!isMissing && now >= (this.#notFoundUntil.get(key) ?? 0)) return;
    // A cache keeps what it was given first for its whole time, and asks again only after that.
    if (isMissing && now >= (this.#notFoundUntil.get(key) ?? 0)) this.#notFoundUntil.set(key, now + cacheMs);
    throw new Refusal(404, "zoneId" in place ? "Zone not found" : "Entity not found");
  }
}

function keyOf(place: Place): string {
  return "zoneId" in place ? `zone ${place.zoneId}` : `entity ${place.entityId}`;
}
