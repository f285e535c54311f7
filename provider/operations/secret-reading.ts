import { cannotBeHad, findSecret, type CallOptions, type KeycardClient, type Secret } from "../keycard";
import type { SecretState } from "../secret-inputs";
import { stateOf } from "./secret-state";
import { toStateForm, isValueUnread, textsOf, toUnreadForm } from "../values/watched-data";

/** What the state says of a secret; nothing but the zone before it is read for the first time. */
type Known = Partial<SecretState> & Pick<SecretState, "zoneId">;

/**
 * Reads a secret that was read or written before, with as little as that takes: one listing for all secrets of an entity,
 * which holds no values, and the secret itself only where it has changed since or is not listed.
 *
 * @returns the new state; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function refreshSecret(
  client: KeycardClient,
  id: string,
  known: Known,
): Promise<SecretState | undefined> {
  const row = await rowOf(client, id, known);
  const suffices = row && (client.valuesForbiddenBy !== undefined || isUnchanged(row, known));
  if (suffices) return stateWithoutReading(row, known);
  return readSecret(client, id, known, { isListed: row !== undefined });
}

/**
 * Reads a secret itself.
 *
 * @param declared - how the state shall hold its value: inline or by reference
 * @param held - what the state held, for where the value may not be read
 * @returns the new state; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function readSecret(
  client: KeycardClient,
  id: string,
  declared: Known,
  { held = declared, ...options }: CallOptions & { held?: Known; isListed?: boolean } = {},
): Promise<SecretState | undefined> {
  const hidden = [...textsOf(declared.data), ...textsOf(held.data)];
  const { createdAt } = held;
  const found = await findSecret(client, declared.zoneId, id, { ...options, hidden, createdAt });
  if (!found?.data) return found && stateWithoutReading(found, declared, held);
  return stateOf(declared, found, await toStateForm(declared.data, found.data));
}

async function rowOf(client: KeycardClient, id: string, known: Known): Promise<Secret | undefined> {
  try {
    const options = { hidden: textsOf(known.data) };
    return (await client.listings.of(known.zoneId, known.entityId, options)).get(id);
  } catch (error) {
    // Single reads take over, which without values there are none of.
    if (client.valuesForbiddenBy !== undefined || !cannotBeHad(error)) throw error;
    return undefined;
  }
}

/** Not even a change that leaves the version alone goes unnoticed. */
function isUnchanged(row: Secret, known: Known): boolean {
  return hasKnownValue(row, known) && row.updatedAt === known.updatedAt && !isValueUnread(known.data);
}

/** Every change of a value makes a new version. */
function hasKnownValue(row: Secret, { version, type }: Known): boolean {
  return row.version === version && row.type === type;
}

/** A secret whose value was not read. */
function stateWithoutReading(row: Secret, declared: Known, held = declared): SecretState {
  const data = hasKnownValue(row, held) ? held.data : undefined;
  return stateOf(declared, row, data ?? toUnreadForm(declared.data, row));
}
