import type { CallOptions } from "./call-options";
import type { KeycardClient } from "./client";
import { isNotFound } from "./http/errors";
import type { Data, Secret } from "./secret";

/** A secret, with its value where that may be read. */
export type FoundSecret = Secret & { data?: Data };

/**
 * Reads a secret, or finds it in a listing of its zone where values may not be read.
 *
 * @returns undefined where Keycard said that there is no such secret
 */
export async function findSecret(
  client: KeycardClient,
  zoneId: string,
  id: string,
  options: CallOptions = {},
): Promise<FoundSecret | undefined> {
  if (client.valuesForbiddenBy !== undefined)
    return (await client.listings.of(zoneId, undefined, options)).get(id);
  try {
    return await client.readSecret(zoneId, id, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}
