import { sameJson } from "../json";
import { type Secret, cannotBeHad, findSecret, type CallOptions, type KeycardClient } from "../keycard";
import type { SecretState } from "./types";
import { formAfterRead, valueChangedAt, stateOf } from "./state";
import { valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";

/**
 * The keys of a state that a read would keep as they are if nothing has changed, and the engine's own. Not
 * `__isUnfinished`: the engine's inputs are then outdated, and a state that is kept leaves them as they are.
 */
const KEPT = new Set<string>([
  ...["zoneId", "entityId", "name", "description", "metadata", "data", "maxAgeDays"],
  ...["type", "version", "createdAt", "updatedAt", "__asDeclared", "__valueChangedAt", "__provider"],
]);

/**
 * Returns whether a row of a listing shows exactly the state before. Most secrets of a refresh are so, and building an equal
 * state takes longer.
 *
 * @returns false if the state has to be built, which may still give an equal one
 */
function showsState(row: Secret, known: Partial<SecretState>): known is SecretState {
  return (
    row.version === known.version &&
    row.updatedAt === known.updatedAt &&
    row.createdAt === known.createdAt &&
    row.entityId === known.entityId &&
    row.name === known.name &&
    row.type === known.type &&
    row.type === known.data?.type &&
    sameJson(row.description, known.description) &&
    sameJson(row.metadata, known.metadata) &&
    Object.keys(known).every((key) => KEPT.has(key))
  );
}

/** The state of a secret. Before the first read, it has only the zone. */
type Known = Partial<SecretState> & Pick<SecretState, "zoneId">;

/**
 * Reads a secret that was read or written before, with as few requests as possible: one listing for all secrets of an entity,
 * which has no values, and the secret itself only if it has changed since or is not listed.
 *
 * @returns the new state, which is the same object if the listing shows exactly that; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function refreshSecret(
  client: KeycardClient,
  id: string,
  known: Known,
): Promise<SecretState | undefined> {
  const row = await rowOf(client, id, known);
  const suffices = row && (mayNotRead(client, known) || isUnchanged(row, known));
  if (!suffices) return readSecret(client, id, known, { isListed: row !== undefined });
  return showsState(row, known) ? known : stateWithoutReading(row, known, { held: known });
}

/**
 * Reads a secret itself.
 *
 * @param declared - the arguments, which tell whether the state has the value itself or a reference
 * @param held - the state before
 * @param sent - the body of a PATCH that got no answer
 * @param isAdopted - true if the secret keeps its value, if that may be the declared one
 * @returns the new state; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function readSecret(
  client: KeycardClient,
  id: string,
  declared: Known,
  {
    held = declared,
    sent,
    isAdopted = false,
    ...options
  }: CallOptions & { held?: Known; isListed?: boolean; sent?: object; isAdopted?: boolean } = {},
): Promise<SecretState | undefined> {
  const [value, before] = [valueOf(declared.data), valueOf(held.data)];
  const hidden = [...value.texts, ...before.texts];
  const { createdAt } = held;
  const withoutValue = mayNotRead(client, declared);
  const found = await findSecret(client, declared.zoneId, id, {
    ...options,
    hidden,
    createdAt,
    withoutValue,
  });
  if (!found) return undefined;
  const adopted = isAdopted ? await value.keptOnAdoption(found) : undefined;
  if (adopted) return stateAfterRead(found, declared, { data: adopted, isSame: false }, { held, sent });
  if (!found.data) return stateWithoutReading(found, declared, { held, sent });
  const data = await value.keptAfterRead(found.data, before);
  const isSame = await before.matchesText(found.data);
  return stateAfterRead(found, declared, { data, isSame }, { held, sent });
}

async function rowOf(client: KeycardClient, id: string, known: Known): Promise<Secret | undefined> {
  try {
    const options = { hidden: valueOf(known.data).texts };
    return (await client.listings.of(known.zoneId, known.entityId, options)).get(id);
  } catch (error) {
    // Fall back to single reads, unless values must not be read.
    if (mayNotRead(client, known) || !cannotBeHad(error)) throw error;
    return undefined;
  }
}

/** True if values must not be read, or if this one belongs to others. */
function mayNotRead({ valuesForbiddenBy }: KeycardClient, { data }: Known): boolean {
  return valuesForbiddenBy !== undefined || valueOf(data).isNeverRead;
}

/** Also notices a change that does not increment the version. */
function isUnchanged(row: Secret, known: Known): boolean {
  return hasKnownValue(row, known) && row.updatedAt === known.updatedAt && !valueOf(known.data).isUnread;
}

/** Every change of a value increments the version. So may other changes, after which the value is unknown until it is read. */
function hasKnownValue(row: Secret, { __valueVersion, version, data, type }: Known): boolean {
  return row.version === (__valueVersion ?? version) && row.type === (data?.type ?? type);
}

function stateWithoutReading(row: Secret, declared: Known, context: ReadContext): SecretState {
  const isSame = hasKnownValue(row, context.held) && context.held.data !== undefined;
  const held = isSame ? valueOf(context.held.data) : undefined;
  const data = valueOf(declared.data).keptAfterListing(row, held);
  return stateAfterRead(row, declared, { data, isSame }, context);
}

/** What the result of a read is compared with. */
interface ReadContext {
  held: Known;
  sent?: object | undefined;
}

/** @param value - the value, and whether it is the one that the state had */
function stateAfterRead(
  secret: Secret,
  { zoneId, maxAgeDays }: Known,
  { data, isSame }: { data: DeclaredData; isSame: boolean },
  { held, sent }: ReadContext,
): SecretState {
  const args = {
    zoneId,
    ...(maxAgeDays !== undefined && { maxAgeDays }),
    ...formAfterRead(held, secret, sent),
  };
  return stateOf(args, secret, data, { changedAt: isSame ? valueChangedAt(held) : undefined });
}
