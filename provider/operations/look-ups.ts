import {
  findOrProveGone,
  type KeycardClient,
  type Secret,
  type SecretFilter,
  type SecretWithData,
} from "../keycard";
import { findByName, type NamedSecret } from "./find-by-name";

/** The arguments of a look-up of one secret, without the zone. */
export type OneSecret = { id: string } | NamedSecret;

/** The arguments of a listing, without the zone. */
type ListFilter = SecretFilter & { name?: string };

/** The look-ups by name. */
const LOOK_UPS = { getSecret, getSecretValue, listSecrets };

/** The name of a look-up. */
export type LookUpName = keyof typeof LOOK_UPS;

/** The result of a look-up. */
export type LookedUp<Name extends LookUpName> = Awaited<ReturnType<(typeof LOOK_UPS)[Name]>>;

/** The arguments of a look-up, without the zone. */
export type LookUpArgs<Name extends LookUpName> = Parameters<(typeof LOOK_UPS)[Name]>[2];

/** Runs a look-up. */
export function lookUp<Name extends LookUpName>(
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
  return look(client, zoneId, args);
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
  const secret = await findOrProveGone(client, { zoneId, id }, () => client.readSecret(zoneId, id));
  return secret ?? missing(zoneId, id);
}

function missing(zoneId: string, id: string): never {
  throw new Error(`There is no secret ${id} in zone ${zoneId}. Correct the ID or the zone.`);
}
