import { Refusal } from "./refusal";

/** A zone or an entity. */
export type Place = { zoneId: string } | { entityId: string };

/** Zones and entities that exist only after a while, and the 404s that a cache repeats after that. */
export class LatePlaces {
  readonly #delayMs = new Map<string, number>();
  readonly #existsFrom = new Map<string, number>();
  readonly #notFoundUntil = new Map<string, number>();

  /** Makes a zone or an entity exist only so many milliseconds after the first request for it. */
  delay(place: Place, ms: number): void {
    this.#delayMs.set(keyOf(place), ms);
  }

  /**
   * Rejects a request for a place that does not exist yet, or whose 404 is still cached.
   *
   * @param cacheMs - how long a 404 is repeated
   * @throws Refusal 404
   */
  refuseMissing(place: Place, cacheMs: number): void {
    const key = keyOf(place);
    const now = Date.now();
    const existsFrom = this.#existsFrom.get(key) ?? now + (this.#delayMs.get(key) ?? 0);
    this.#existsFrom.set(key, existsFrom);
    const isMissing = now < existsFrom;
    if (!isMissing && now >= (this.#notFoundUntil.get(key) ?? 0)) return;
    // A cache keeps its first answer for the whole time, and asks again only after that.
    if (isMissing && now >= (this.#notFoundUntil.get(key) ?? 0)) this.#notFoundUntil.set(key, now + cacheMs);
    throw new Refusal(404, "zoneId" in place ? "Zone not found" : "Entity not found");
  }
}

function keyOf(place: Place): string {
  return "zoneId" in place ? `zone ${place.zoneId}` : `entity ${place.entityId}`;
}
