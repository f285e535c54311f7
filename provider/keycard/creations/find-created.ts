import type { CallOptions } from "../http/call";
import type { KeycardClient } from "../client";
import { isNotFound } from "../http/errors";
import { unknownType } from "../listing";
import type { Data, NewSecret, OtherSecret, Secret, SecretWithData } from "../secret";
import { sameJson } from "../../json";
import { mayBeFormOf } from "../../normalised";

/** What a creation has sent, or will send. */
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
export type Age = "since" | "before" | "unclear";

/** What is known about the creation when the search begins. */
export interface Search {
  /** Returns true for the id of a secret that is certainly a different one. */
  isOther: (id: string) => boolean;
  /** Compares the time of a secret's creation with the beginning of the search's creation. */
  ageOf: (secret: Secret) => Age;
  /** Makes the options of each request. */
  options: () => CallOptions;
}

/** The secrets that a creation may have made, because they have the content that was sent. */
export interface Candidates {
  /** Secrets that were created since it began. */
  created: SecretWithData[];
  /** Secrets that may have been created a moment before it began. */
  unclear: SecretWithData[];
  /** The ids of secrets that are listed, but cannot be read yet. */
  unread: string[];
}

/**
 * Finds the secrets that a creation may have made.
 *
 * @throws if the search fails
 */
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
