import { findOrProveGone, type Missing } from "./absence";
import type { CallOptions } from "./http/call";
import type { KeycardClient } from "./client";

/**
 * Deletes a secret. If it is gone already, that is a success, but only with proof: a 404 alone is not enough.
 *
 * @throws a KeycardError if the secret was not deleted, and nothing proves that it is gone
 */
export async function removeSecret(
  client: KeycardClient,
  secret: Missing & { name?: string },
  options: CallOptions = {},
): Promise<void> {
  const { zoneId, id, name } = secret;
  await findOrProveGone(client, secret, async () => {
    await client.deleteSecret(zoneId, id, options);
    return true;
  });
  if (name !== undefined) client.sightings.noteFreedName(zoneId, name);
}
