import { sameJson } from "../json";
import { type Secret, cannotBeHad, findSecret, type CallOptions, type KeycardClient } from "../keycard";
import { declarationAfterRead, knownAfter, type Known, type PartlyKnown } from "./state";
import type { SecretInputs } from "./types";
import { valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";

/**
 * Returns whether a row of a listing shows exactly the state before. Most secrets of a refresh are so, and building an equal
 * state takes longer.
 *
 * @returns false if the state has to be built, which may still give an equal one
 */
function showsState(row: Secret, known: PartlyKnown): boolean {
  return (
    known.isStable === true &&
    row.version === known.version &&
    row.updatedAt === known.updatedAt &&
    row.createdAt === known.createdAt &&
    row.entityId === known.entityId &&
    row.name === known.name &&
    row.type === known.type &&
    row.type === known.data?.type &&
    sameJson(row.description, known.description) &&
    sameJson(row.metadata, known.metadata)
  );
}

/** How a secret is declared, as far as it concerns a read. */
type Declared = Pick<SecretInputs, "zoneId"> & Partial<Pick<SecretInputs, "data" | "maxAgeDays">>;

/**
 * Reads a secret that was read or written before, with as few requests as possible: one listing for all secrets of an entity,
 * which has no values, and the secret itself only if it has changed since or is not listed.
 *
 * @returns what is known now; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function refreshSecret(
  client: KeycardClient,
  id: string,
  known: PartlyKnown,
): Promise<Known | "unchanged" | undefined> {
  const row = await rowOf(client, id, known);
  const suffices = row && (mayNotRead(client, known) || isUnchanged(row, known));
  if (!suffices) return readSecret(client, id, known, { isListed: row !== undefined });
  return showsState(row, known) ? "unchanged" : knownWithoutReading(row, known, { known });
}

/**
 * Reads a secret itself.
 *
 * @param declared - the arguments, which tell whether the state has the value itself or a reference
 * @param sent - the body of a PATCH that got no answer
 * @param isAdopted - true if the secret keeps its value, if that may be the declared one
 * @returns what is known now; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function readSecret(
  client: KeycardClient,
  id: string,
  known: PartlyKnown,
  {
    declared = known,
    sent,
    isAdopted = false,
    ...options
  }: CallOptions & { declared?: Declared; isListed?: boolean; sent?: object; isAdopted?: boolean } = {},
): Promise<Known | undefined> {
  const [value, before] = [valueOf(declared.data), valueOf(known.data)];
  const hidden = [...value.texts, ...before.texts];
  const { createdAt } = known;
  const withoutValue = mayNotRead(client, declared);
  const found = await findSecret(client, declared.zoneId, id, {
    ...options,
    hidden,
    createdAt,
    withoutValue,
  });
  if (!found) return undefined;
  const adopted = isAdopted ? await value.keptOnAdoption(found) : undefined;
  if (adopted) return knownAfterRead(found, declared, { data: adopted, isSame: false }, { known, sent });
  if (!found.data) return knownWithoutReading(found, declared, { known, sent });
  const data = await value.keptAfterRead(found.data, before);
  const isSame = await before.matchesText(found.data);
  return knownAfterRead(found, declared, { data, isSame }, { known, sent });
}

async function rowOf(client: KeycardClient, id: string, known: PartlyKnown): Promise<Secret | undefined> {
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
function mayNotRead({ valuesForbiddenBy }: KeycardClient, { data }: Declared): boolean {
  return valuesForbiddenBy !== undefined || valueOf(data).isNeverRead;
}

/** Also notices a change that does not increment the version. */
function isUnchanged(row: Secret, known: PartlyKnown): boolean {
  return hasKnownValue(row, known) && row.updatedAt === known.updatedAt && !valueOf(known.data).isUnread;
}

/** Every change of a value increments the version. So may other changes, after which the value is unknown until it is read. */
function hasKnownValue(row: Secret, { valueVersion, data, type }: PartlyKnown): boolean {
  return row.version === valueVersion && row.type === (data?.type ?? type);
}

function knownWithoutReading(row: Secret, declared: Declared, context: ReadContext): Known {
  const { known } = context;
  const isSame = hasKnownValue(row, known) && known.data !== undefined;
  const before = isSame ? valueOf(known.data) : undefined;
  const data = valueOf(declared.data).keptAfterListing(row, before);
  return knownAfterRead(row, declared, { data, isSame }, context);
}

/** What the result of a read is compared with. */
interface ReadContext {
  known: PartlyKnown;
  sent?: object | undefined;
}

/** @param value - the value, and whether it is the one that the state had */
function knownAfterRead(
  secret: Secret,
  { zoneId, maxAgeDays }: Declared,
  { data, isSame }: { data: DeclaredData; isSame: boolean },
  { known, sent }: ReadContext,
): Known {
  const args = {
    zoneId,
    ...(maxAgeDays !== undefined && { maxAgeDays }),
    ...declarationAfterRead(known, secret, sent),
  };
  return knownAfter(args, secret, data, { changedAt: isSame ? known.valueChangedAt : undefined });
}
