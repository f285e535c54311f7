import type { KeycardClient } from "../keycard/client";
import { foundOrGone } from "../keycard/presence";
import type { Secret, SecretFilter, SecretWithData } from "../keycard/wire";

/** A form that is equal for names that a service may treat as the same: without letter case, extra white space and Unicode variants. */
export function looseForm(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** A secret by its name, within a zone or within one of its entities. */
interface NamedSecret {
  entityId?: string;
  name: string;
}

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

type OneSecret = { id: string } | NamedSecret;

type ListFilter = SecretFilter & { name?: string };

const LOOK_UPS = { getSecret, getSecretValue, listSecrets };

export type LookUpName = keyof typeof LOOK_UPS;

export type LookedUp<Name extends LookUpName> = Awaited<ReturnType<(typeof LOOK_UPS)[Name]>>;

export type LookUpArgs<Name extends LookUpName> = Parameters<(typeof LOOK_UPS)[Name]>[2];

export async function lookUp<Name extends LookUpName>(
  client: KeycardClient,
  name: Name,
  zoneId: string,
  args: LookUpArgs<Name>,
): Promise<LookedUp<Name>> {
  const look = LOOK_UPS[name] as (
    client: KeycardClient,
    zoneId: string,
    args: LookUpArgs<Name>,
  ) => Promise<LookedUp<Name>>;
  return client.zones.explaining(look(client, zoneId, args), zoneId);
}

async function getSecret(client: KeycardClient, zoneId: string, args: OneSecret): Promise<Secret> {
  if (!("id" in args)) return findByName(client, zoneId, args);
  const { id } = args;
  if (client.valuesForbiddenBy !== undefined) {
    // Not a shared listing, because the program may have created the secret a moment ago.
    const listed = await client.listSecrets(zoneId);
    return listed.find((secret) => secret.id === id) ?? missing(zoneId, id);
  }
  const secret: Partial<SecretWithData> & Secret = await readExisting(client, zoneId, id);
  delete secret.data;
  return secret;
}

async function getSecretValue(
  client: KeycardClient,
  zoneId: string,
  args: OneSecret,
): Promise<Pick<SecretWithData, "data" | "version">> {
  const { id } = "id" in args ? args : await findByName(client, zoneId, args);
  const { data, version } = await readExisting(client, zoneId, id);
  return { data, version };
}

async function listSecrets(
  client: KeycardClient,
  zoneId: string,
  { name, ...filter }: ListFilter,
): Promise<{ secrets: Secret[] }> {
  const listed = await client.listSecrets(zoneId, filter);
  return { secrets: name === undefined ? listed : listed.filter((secret) => secret.name === name) };
}

async function readExisting(client: KeycardClient, zoneId: string, id: string): Promise<SecretWithData> {
  const secret = await foundOrGone(client, { zoneId, id }, () => client.readSecret(zoneId, id));
  return secret ?? missing(zoneId, id);
}

function missing(zoneId: string, id: string): never {
  throw new Error(`There is no secret ${id} in zone ${zoneId}. Correct the ID or the zone.`);
}
