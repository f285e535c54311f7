import { mayBeFormOf, sameJson } from "../json";
import type { KeycardClient } from "./client";
import { type CallOptions, failureOf, isNotFound } from "./http/errors";
import { inTime, latestOf, uninterruptible } from "./http/time";
import { unknownType } from "./listings";
import type { Data, NewSecret, OtherSecret, Secret, SecretWithData } from "./wire";

export interface Sought {
  zoneId: string;
  secret: NewSecret;
  /**
   * Tells whether a value that was read is the one that was sent, if the sent value is no longer known.
   *
   * @defaultValue compares the value with that of `secret`
   */
  matches?: ((data: Data) => boolean | Promise<boolean>) | undefined;
}

/** When a secret was created, relative to the beginning of a creation. */
type Age = "since" | "before" | "unclear";

export interface Search {
  /** Returns true for the id of a secret that is certainly a different one. */
  isOther: (id: string) => boolean;
  ageOf: (secret: Secret) => Age;
  options: () => CallOptions;
}

/** The secrets that a creation may have made, because they have the content that was sent. */
export interface Candidates {
  created: SecretWithData[];
  /** Secrets that may have been created a moment before it began. */
  unclear: SecretWithData[];
  /** The ids of secrets that are listed, but cannot be read yet. */
  unread: string[];
}

/** Finds the secrets that a creation may have made. @throws if the search fails */
export async function findCreated(
  client: KeycardClient,
  { zoneId, secret, matches = (data) => sameJson(data, secret.data) }: Sought,
  { isOther, ageOf, options }: Search,
): Promise<Candidates> {
  const { secrets: listed, others } = await client.listRows(zoneId, { entityId: secret.entityId }, options());
  assertNoneOf(others, secret);
  const alike = listed.filter(
    (other) => !isOther(other.id) && isAlike(other, secret) && ageOf(other) !== "before",
  );
  const found: Candidates = { created: [], unclear: [], unread: [] };
  for (const row of alike) {
    const read = await client.readSecret(zoneId, row.id, options()).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      return undefined;
    });
    if (!read) found.unread.push(row.id);
    else if (await matches(read.data)) found[ageOf(read) === "since" ? "created" : "unclear"].push(read);
  }
  // While the values were read, other creations may have claimed some of these.
  return {
    created: found.created.filter(({ id }) => !isOther(id)),
    unclear: found.unclear.filter(({ id }) => !isOther(id)),
    unread: found.unread.filter((id) => !isOther(id)),
  };
}

/** How long a create waits for a listing that it does not need, in milliseconds. */
const LISTING_MS = 5_000;

/** The secrets that each entity had before this run created any in it, listed once. */
export class EarlierSecrets {
  private readonly listings = new Map<string, Promise<Secret[]>>();

  constructor(private readonly client: KeycardClient) {}

  /**
   * Finds those with the name, description, metadata and type of one that is about to be created. Their values are not read: a
   * generated one differs each time.
   *
   * @returns none if they cannot be listed at once
   * @throws a KeycardError if no token can be obtained, as the create would after as long
   */
  async like(zoneId: string, secret: NewSecret): Promise<Secret[]> {
    const { entityId } = secret;
    const key = JSON.stringify([zoneId, entityId]);
    const options = { totalMs: LISTING_MS, givesUp: () => true };
    try {
      await inTime(this.client.authenticate(), undefined, () => new Error("interrupted"));
    } catch (error) {
      if (failureOf(error)) throw error;
      return [];
    }
    const listing =
      this.listings.get(key) ??
      uninterruptible(() => this.client.listSecrets(zoneId, { entityId }, options)).catch(() => []);
    this.listings.set(key, listing);
    const listed = await inTime(listing, LISTING_MS, () => new Error("not at once")).catch(() => []);
    return listed.filter((earlier) => isAlike(earlier, secret));
  }
}

/** The created secret may be listed with a type that this release does not know. */
function assertNoneOf(others: OtherSecret[], { entityId, name }: NewSecret): void {
  const namesake = others.find((other) => other.name === name && (other.entityId ?? entityId) === entityId);
  if (namesake) throw new Error(`the secret ${namesake.id} of that name has ${unknownType(namesake)}`);
}

/** The service may have trimmed, folded or cut what was sent, and added metadata of its own. The value decides. */
function isAlike(other: Secret, secret: NewSecret): boolean {
  return (
    other.entityId === secret.entityId &&
    other.type === secret.data.type &&
    mayBeFormOf(other.name, secret.name) &&
    mayBeFormOf(other.description ?? "", secret.description ?? "") &&
    mayBeFormOf(other.metadata ?? {}, secret.metadata ?? {})
  );
}

/** How far the clock that sets `createdAt` may be behind the clock that sets the `Date` header, in milliseconds. */
const TOLERANCE_MS = 60_000;

/** How far the clocks of one service's machines may differ, in milliseconds. */
const SKEW_MS = 250;

/** The time when a creation began, which determines which secrets it can have created. */
export class CreateStart {
  private readonly here = performance.now();

  /**
   * @param earlierSince - when an earlier run began it, by the service's clock in milliseconds since the epoch; `NaN` if that
   *   is not known, undefined if this run began it
   */
  constructor(
    private readonly client: KeycardClient,
    private readonly earlierSince: number | undefined,
  ) {}

  /** When it began, by the service's clock in milliseconds since the epoch; undefined if that is not known. */
  get since(): number | undefined {
    const since = this.earlierSince ?? this.client.clock.earliestAt(this.here);
    return Number.isNaN(since) ? undefined : since;
  }

  /** True if it began so recently that a listing may not show its secret yet. */
  isRecent(withinMs: number): boolean {
    const moment = this.moment;
    return moment === undefined || performance.now() - moment < withinMs;
  }

  wasShownBefore(id: string): boolean {
    return this.client.seen.wasShownBefore(id, this.moment ?? -Infinity);
  }

  /**
   * Tells whether a secret was created since then. `createdAt` and the `Date` header may come from different clocks: a time
   * shortly before is certain only after an answered creation has shown the difference.
   */
  ageOf({ createdAt }: Secret): Age {
    const { moment, since } = this;
    const latest = latestOf(createdAt);
    if (Number.isNaN(latest)) return "unclear";
    const measured = this.client.seen.creationClock.latestMoment(createdAt);
    if (measured !== undefined && moment !== undefined) return ageBy(measured - moment);
    return since === undefined ? "unclear" : ageBy(latest - since);
  }

  /** By `performance.now()`; undefined if it is not known. */
  private get moment(): number | undefined {
    if (this.earlierSince === undefined) return this.here;
    return Number.isNaN(this.earlierSince)
      ? undefined
      : this.client.clock.earliestMomentOf(this.earlierSince);
  }
}

function ageBy(aheadMs: number): Age {
  if (aheadMs >= -SKEW_MS) return "since";
  return aheadMs >= -TOLERANCE_MS ? "unclear" : "before";
}
