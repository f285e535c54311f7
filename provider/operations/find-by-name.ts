import type { KeycardClient, Secret } from "../keycard";
import { looseForm } from "./loose-form";

/** A secret by its name, within a zone or within one of its entities. */
export interface NamedSecret {
  entityId?: string;
  name: string;
}

/** The maximum number of ids in a message. */
const MOST_LISTED = 10;

/**
 * Finds the one secret of a name in a listing, which contains no values.
 *
 * @throws an Error that lists the ids if several secrets have the name, or similar names if none has it
 */
export async function findByName(
  client: KeycardClient,
  zoneId: string,
  { entityId, name }: NamedSecret,
): Promise<Secret> {
  // Not a shared listing, because the program may have created the secret a moment ago.
  const listed = await client.listSecrets(zoneId, entityId === undefined ? {} : { entityId });
  const [found, ...others] = listed.filter((secret) => secret.name === name);
  const place = entityId === undefined ? `zone ${zoneId}` : `entity ${entityId} of zone ${zoneId}`;
  if (found && others.length === 0) return found;
  if (found) {
    const all = [found, ...others];
    const ids = listOf(all, (secret) => (entityId === undefined ? ` (entity ${secret.entityId})` : ""));
    const isInOneEntity = all.every((secret) => secret.entityId === found.entityId);
    const remedy = isInOneEntity
      ? "set `id` instead of `name`"
      : "set `id` instead of `name`, or set `entityId`";
    throw new Error(
      `${all.length} secrets in ${place} have the name "${name}": ${ids}. To choose one, ${remedy}.`,
    );
  }
  const similar = listed.filter((secret) => looseForm(secret.name) === looseForm(name));
  const hint =
    similar.length === 0 ? "" : ` Similar names: ${listOf(similar, (secret) => ` ("${secret.name}")`)}.`;
  const where = entityId === undefined ? "the name or the zone" : "the name, the entity or the zone";
  throw new Error(`There is no secret with the name "${name}" in ${place}. Correct ${where}.${hint}`);
}

function listOf(secrets: Secret[], note: (secret: Secret) => string): string {
  const shown = secrets.slice(0, MOST_LISTED).map((secret) => `${secret.id}${note(secret)}`);
  const more = secrets.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
