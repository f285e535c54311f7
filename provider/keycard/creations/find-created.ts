import type { CallOptions } from "../call-options";
import type { KeycardClient } from "../client";
import { isNotFound } from "../http/errors";
import { unknownType } from "../listing";
import type { Data, NewSecret, OtherSecret, Secret, SecretWithData } from "../secret";
import { sameJson } from "../../json/same-json";
import { mayBeFormOf } from "../../json/sent-form";

/** What a creation has sent, or will send. */
export interface Sought {
  zoneId: string;
  secret: NewSecret;
  /**
   * Tells whether a value that was read is the one that was sent, if that is not known any more.
   *
   * @defaultValue compares it with the value of `secret`
   */
  matches?: ((data: Data) => boolean | Promise<boolean>) | undefined;
}

/** When a secret was created, seen from a creation: since it began, before, or nobody can tell yet. */
export type Age = "since" | "before" | "unclear";

/** What is known of the creation when it is looked for. */
export interface Search {
  /** True for the id of a secret that is certainly another one. */
  isOther: (id: string) => boolean;
  /** Judges by the time of a secret's creation. */
  ageOf: (secret: Secret) => Age;
  /** Makes the options of each request. */
  options: () => CallOptions;
}

/** The secrets that a creation may have made, because they hold what was sent. */
export interface Candidates {
  /** Those created since it began. */
  created: SecretWithData[];
  /** Those that may have been created a moment before it began. */
  unclear: SecretWithData[];
  /** The ids of those that are listed, but cannot be read yet. */
  unread: string[];
}

/**
 * Looks for the secrets that a creation may have made.
 *
 * @throws if it cannot be found out
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
  // While the values were read, others may have been made sure of.
  return {
    created: found.created.filter(({ id }) => !isOther(id)),
    unclear: found.unclear.filter(({ id }) => !isOther(id)),
    unread: found.unread.filter((id) => !isOther(id)),
  };
}

/** What was created may be shown with a type that did not exist when this release was made. */
function assertNoneOf(others: OtherSecret[], { entityId, name }: NewSecret): void {
  const namesake = others.find((other) => other.name === name && (other.entityId ?? entityId) === entityId);
  if (namesake) throw new Error(`the secret ${namesake.id} of that name has ${unknownType(namesake)}`);
}

/** A service may have trimmed, folded or cut what was sent, and have added metadata of its own. The value decides. */
function isAlike(other: Secret, secret: NewSecret): boolean {
  return (
    other.entityId === secret.entityId &&
    other.type === secret.data.type &&
    mayBeFormOf(other.name, secret.name) &&
    mayBeFormOf(other.description ?? "", secret.description ?? "") &&
    mayBeFormOf(other.metadata ?? {}, secret.metadata ?? {})
  );
}
