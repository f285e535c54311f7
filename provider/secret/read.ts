import { sameJson } from "../json";
import type { KeycardClient } from "../keycard/client";
import { type CallOptions, isForbidden } from "../keycard/http/errors";
import { cannotBeHad } from "../keycard/listings";
import { findSecret } from "../keycard/presence";
import type { Secret } from "../keycard/wire";
import { valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";
import type { Value } from "../values/value";
import type { SecretInputs } from "./fields";
import { type Known, type PartlyKnown, declarationAfterRead, knownAfter } from "./state";

/**
 * Returns whether a row of a listing shows exactly the state before. Most secrets of a refresh are so, and building an equal
 * state takes longer.
 *
 * @returns false if the state has to be built, which may still give an equal one
 */
function showsState(row: Secret, known: PartlyKnown, value: Value): boolean {
  return (
    known.isStable === true &&
    row.version === known.version &&
    row.updatedAt === known.updatedAt &&
    row.createdAt === known.createdAt &&
    row.entityId === known.entityId &&
    row.name === known.name &&
    row.type === known.type &&
    row.type === value.type &&
    sameJson(row.description, known.description) &&
    sameJson(row.metadata, known.metadata)
  );
}

/** How a secret is declared, as far as it concerns a read. */
type Declared = Pick<SecretInputs, "zoneId" | "maxAgeDays"> & { value: Value };

/**
 * Reads a secret that was read or written before, with as few requests as possible: one listing for all secrets of an entity,
 * which has no values, and the secret itself only if it has changed since or is not listed.
 *
 * @returns what is known now; "unchanged" if the listing shows exactly the state before, undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function refreshSecret(
  client: KeycardClient,
  id: string,
  known: PartlyKnown,
): Promise<Known | "unchanged" | undefined> {
  const value = valueOf(known.data);
  const declared = { ...known, value };
  const row = await rowOf(client, id, known, value);
  const suffices = row && (mayNotRead(client, value) || isUnchanged(row, known, value));
  if (!suffices) {
    try {
      return await readSecret(client, id, declared, { known, isListed: row !== undefined });
    } catch (error) {
      if (!row || !isForbidden(error)) throw error;
      client.noteUnreadable(known.zoneId);
    }
  }
  return showsState(row, known, value)
    ? "unchanged"
    : knownWithoutReading(row, declared, { known, before: value });
}

/**
 * Reads a secret itself.
 *
 * @param sent - the body of a PATCH that got no answer
 * @param isAdopted - true if the secret keeps its value, if that may be the declared one
 * @returns what is known now; undefined if the secret is gone
 * @throws a KeycardError if nothing proves that it is gone
 */
export async function readSecret(
  client: KeycardClient,
  id: string,
  declared: Declared,
  {
    known,
    sent,
    isAdopted = false,
    ...options
  }: CallOptions & { known: PartlyKnown; isListed?: boolean; sent?: object; isAdopted?: boolean },
): Promise<Known | undefined> {
  const { value } = declared;
  const before = valueOf(known.data);
  const hidden = [...value.texts, ...before.texts];
  const { createdAt } = known;
  const withoutValue = mayNotRead(client, value);
  const found = await findSecret(client, declared.zoneId, id, {
    ...options,
    hidden,
    createdAt,
    withoutValue,
  });
  if (!found) return undefined;
  const adopted = isAdopted ? await value.keptOnAdoption(found) : undefined;
  const context = { known, before, sent };
  if (adopted) return knownAfterRead(found, declared, { data: adopted, isSame: false }, context);
  if (!found.data) return knownWithoutReading(found, declared, context);
  const data = await value.keptAfterRead(found.data, before);
  const isSame = await before.matchesText(found.data);
  return knownAfterRead(found, declared, { data, isSame }, context);
}

async function rowOf(
  client: KeycardClient,
  id: string,
  known: PartlyKnown,
  value: Value,
): Promise<Secret | undefined> {
  try {
    const options = { hidden: value.texts };
    return (await client.listings.of(known.zoneId, known.entityId, options)).get(id);
  } catch (error) {
    // Fall back to single reads, unless values must not be read.
    if (mayNotRead(client, value) || !cannotBeHad(error)) throw error;
    return undefined;
  }
}

/** True if values must not be read, or if this one belongs to others. */
function mayNotRead({ valuesForbiddenBy }: KeycardClient, value: Value): boolean {
  return valuesForbiddenBy !== undefined || value.isNeverRead;
}

/** Also notices a change that does not increment the version. */
function isUnchanged(row: Secret, known: PartlyKnown, value: Value): boolean {
  return hasKnownValue(row, known, value) && row.updatedAt === known.updatedAt && !value.isUnread;
}

/** Every change of a value increments the version. So may other changes, after which the value is unknown until it is read. */
function hasKnownValue(row: Secret, { valueVersion, type }: PartlyKnown, value: Value): boolean {
  return row.version === valueVersion && row.type === (value.type ?? type);
}

function knownWithoutReading(row: Secret, declared: Declared, context: ReadContext): Known {
  const { known, before } = context;
  const isSame = hasKnownValue(row, known, before) && known.data !== undefined;
  const data = declared.value.keptAfterListing(row, isSame ? before : undefined);
  return knownAfterRead(row, declared, { data, isSame }, context);
}

/** What the result of a read is compared with. */
interface ReadContext {
  known: PartlyKnown;
  /** The value in the state before. */
  before: Value;
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
