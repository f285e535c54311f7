import { findOrProveGone, type Missing } from "./absence";
import type { CallOptions } from "./call-options";
import type { KeycardClient } from "./client";

/**
 * Deletes a secret. One that is gone already is a success; a 404 that does not prove it is not.
 *
 * @throws a KeycardError if it was not deleted, or nothing proves that it is gone
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
