import type { CallOptions } from "./http/call";
import type { SecretFilter, SecretRows } from "./secret";
import { failureOf, type Failure } from "./http/errors";
import { uninterruptible, untilInterrupted, type Interruption } from "./http/interruption";
import { Listing } from "./listing";

/** Lists secrets. */
interface Lister {
  listRows(zoneId: string, filter: SecretFilter, options: CallOptions): Promise<SecretRows>;
}

/** Statuses after which a retry may get the listing. */
const PASSING_STATUSES = new Set([0, 401, 408, 425, 429, 502, 503, 504]);
const MOST_ATTEMPTS = 2;

/** Listings that many reads share. Each is requested once, until something is written. */
export class SharedListings {
  private readonly listings = new Map<string, { begun: number; listing: Promise<Listing> }>();

  constructor(private readonly lister: Lister) {}

  /**
   * Returns the listing of an entity's secrets, or of a zone.
   *
   * @param options - the options of the first call, which sends the request
   * @param notBefore - the earliest time at which it may have been requested, by `performance.now()`
   * @throws a KeycardError. If `cannotBeHad` is true for it, there were at most two attempts
   */
  of(zoneId: string, entityId?: string, options: CallOptions = {}, notBefore = -Infinity): Promise<Listing> {
    const key = JSON.stringify([zoneId, entityId]);
    const known = this.listings.get(key);
    if (known && known.begun >= notBefore) return untilInterrupted(known.listing, interrupted);
    const begun = performance.now();
    const filter = entityId === undefined ? {} : { entityId };
    const givesUp = (failure: Failure, attempt: number) => attempt >= MOST_ATTEMPTS && isLasting(failure);
    const listing: Promise<Listing> = uninterruptible(() =>
      this.lister.listRows(zoneId, filter, { ...options, givesUp }),
    ).then(
      (rows) => new Listing(rows),
      (error: unknown) => {
        if (!cannotBeHad(error) && this.listings.get(key)?.listing === listing) this.listings.delete(key);
        throw error;
      },
    );
    this.listings.set(key, { begun, listing });
    return untilInterrupted(listing, interrupted);
  }

  /** Forgets all listings, after a write. */
  drop(): void {
    this.listings.clear();
  }
}

function interrupted({ event, remedy }: Interruption): Error {
  return new Error(`Could not list the secrets: the call ${event}. ${remedy}`);
}

/** True for the error of a listing that is refused or unreadable, after which single reads may still work. */
export function cannotBeHad(error: unknown): boolean {
  const failure = failureOf(error);
  return failure !== undefined && isLasting(failure);
}

/** A request that was never sent, because there was no token, proves nothing about the listing. */
function isLasting({ status, outcome }: Failure): boolean {
  return outcome !== "unreached" && !PASSING_STATUSES.has(status);
}
