import { unreadable } from "./http/answer";
import { type Call, type CallOptions, type Failure, failureOf } from "./http/errors";
import { type Interruption, inTime, uninterruptible } from "./http/time";
import type { OtherSecret, Secret, SecretFilter, SecretPage, SecretRows } from "./wire";

export class Listing {
  private readonly secrets: ReadonlyMap<string, Secret>;
  private readonly others: ReadonlyMap<string | undefined, OtherSecret>;

  constructor({ secrets, others }: SecretRows) {
    this.secrets = new Map(secrets.map((secret) => [secret.id, secret]));
    this.others = new Map(others.map((other) => [other.id, other]));
  }

  /**
   * The secret with an id.
   *
   * @returns undefined if the listing does not contain it
   * @throws an Error if it has a type that this release does not know, because then it is not gone
   */
  get(id: string): Secret | undefined {
    const other = this.others.get(id);
    if (other) throw new Error(`The secret ${id} has ${unknownType(other)}.`);
    return this.secrets.get(id);
  }
}

export function unknownType({ type }: OtherSecret): string {
  return `the type ${JSON.stringify(type.slice(0, 40))}, which this release does not know. Update the package`;
}

/** A few pages may be empty, because a service may filter after it has split a listing into pages. */
const MOST_PAGES_WITHOUT_NEWS = 20;

/** The pages of one listing, with checks that the listing ends. */
export class SecretPages {
  private readonly found = new Map<string, Secret>();
  private readonly others = new Map<string, OtherSecret>();
  private readonly cursors = new Set<string>();
  private pagesWithoutNews = 0;

  /** The rows of all pages, each secret once: a secret that moves to the next page in between is on both. */
  get rows(): SecretRows {
    return { secrets: [...this.found.values()], others: [...this.others.values()] };
  }

  /**
   * Adds a page.
   *
   * @returns the cursor of the next page; undefined if this was the last one
   * @throws a KeycardError if the pages repeat, or if the next one cannot be requested. Such a listing is incomplete, so it
   *   does not prove that a secret is gone.
   */
  add(call: Call, status: number, { secrets, others, next }: SecretPage): string | undefined {
    if (next === "")
      throw endless(call, status, "a page that is not the last one, but has no cursor for the next", "");
    const known = this.size;
    for (const secret of secrets) this.found.set(secret.id, secret);
    for (const other of others) this.others.set(JSON.stringify(other), other);
    this.pagesWithoutNews = this.size > known ? 0 : this.pagesWithoutNews + 1;
    if (next === undefined) return undefined;
    if (this.cursors.has(next)) throw endless(call, status, "a cursor that it has returned before");
    if (this.pagesWithoutNews >= MOST_PAGES_WITHOUT_NEWS) {
      throw endless(call, status, `${MOST_PAGES_WITHOUT_NEWS} pages in a row without a new secret`);
    }
    this.cursors.add(next);
    return next;
  }

  private get size(): number {
    return this.found.size + this.others.size;
  }
}

function endless(call: Call, status: number, what: string, end = ", so the listing never ends") {
  const remedy = "If this keeps happening, contact Keycard support with the request ID.";
  return unreadable(call, status, `${what}${end}`, { remedy, lasting: true });
}

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
    if (known && known.begun >= notBefore) return inTime(known.listing, undefined, interrupted);
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
    return inTime(listing, undefined, interrupted);
  }

  drop(): void {
    this.listings.clear();
  }
}

function interrupted({
  event = "was interrupted",
  remedy = "Run it again.",
}: Partial<Interruption> = {}): Error {
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
