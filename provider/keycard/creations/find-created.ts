import type { CallOptions } from "../call-options";
import type { KeycardClient } from "../client";
import { isNotFound } from "../http/errors";
import type { Data, NewSecret, Secret } from "../secret";
import { sameJson } from "../../json/same-json";
import { isSince } from "../http/server-clock";

/** What a creation has sent, or shall send. */
export interface Sought {
  zoneId: string;
  secret: NewSecret;
  /**
   * Tells whether a value that was read is the one that was sent, where that is not known any more.
   *
   * @defaultValue compares it with the value of `secret`
   */
  matches?: ((data: Data) => boolean | Promise<boolean>) | undefined;
}

/** What is known of the creation when it is looked for. */
export interface Search {
  /** The ids of all secrets that are known to be others. */
  claimed: ReadonlySet<string>;
  /**
   * When the creation began, by the service's clock in milliseconds since the epoch; undefined while that clock is not
   * known. Each answer may tell it.
   */
  since: () => number | undefined;
  /** Makes the options of each request. */
  options: () => CallOptions;
}

/**
 * Looks for the secrets that a creation may have made: those that hold what was sent, were not made before it began, and
 * are not known to be others.
 *
 * @throws where it cannot be found out
 */
export async function findCreated(
  client: KeycardClient,
  { zoneId, secret, matches = (data) => sameJson(data, secret.data) }: Sought,
  { claimed, since, options }: Search,
): Promise<Secret[]> {
  const listed = await client.listSecrets(zoneId, { entityId: secret.entityId }, options());
  const alike = listed.filter((other) => !claimed.has(other.id) && isAlike(other, secret));
  if (alike.length === 0) return [];
  const begun = since();
  if (begun === undefined) throw new Error("Keycard's answers have no date to compare with");
  const created: Secret[] = [];
  for (const { id } of alike.filter(({ createdAt }) => isSince(createdAt, begun))) {
    const read = await client.readSecret(zoneId, id, options()).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (read && (await matches(read.data))) created.push(read);
  }
  // While the values were read, others may have been made sure of.
  return created.filter(({ id }) => !claimed.has(id));
}

function isAlike(other: Secret, secret: NewSecret): boolean {
  return (
    other.entityId === secret.entityId &&
    other.name === secret.name &&
    other.type === secret.data.type &&
    (other.description ?? "") === (secret.description ?? "") &&
    sameJson(other.metadata ?? {}, secret.metadata ?? {})
  );
}
