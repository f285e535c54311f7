import { findOrProveGone, type Missing } from "./absence";
import type { CallOptions } from "./http/call";
import type { KeycardClient } from "./client";
import type { Data, Secret } from "./secret";

/** A secret, with its value if that may be read. */
export type FoundSecret = Secret & { data?: Data };

/**
 * Reads a secret, or finds it in a listing of its zone if values may not be read, or this one is not to be.
 *
 * @param options - may include what else is known about the secret, which tells how certain a 404 is
 * @returns undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function findSecret(
  client: KeycardClient,
  zoneId: string,
  id: string,
  options: CallOptions & Pick<Missing, "createdAt" | "isListed"> & { withoutValue?: boolean } = {},
): Promise<FoundSecret | undefined> {
  const {
    createdAt,
    isListed,
    withoutValue = client.valuesForbiddenBy !== undefined,
    ...callOptions
  } = options;
  let isFirst = true;
  return findOrProveGone<FoundSecret>(client, { zoneId, id, createdAt, isListed }, async () => {
    if (!withoutValue) return client.readSecret(zoneId, id, callOptions);
    // Searches at about the same time share a listing.
    const notBefore = isFirst ? undefined : performance.now() - (client.pausesMs[0] ?? 0) / 2;
    isFirst = false;
    return (await client.listings.of(zoneId, undefined, callOptions, notBefore)).get(id);
  });
}
