import { sameJson } from "../json";
import {
  isUnread,
  valueIn,
  withValue,
  isGenerated,
  isInitial,
  type KeptGenerated,
  withoutValue,
} from "./value";
import { anyRecipe, fingerprintOf, isFingerprintOf, recipeOf } from "./fingerprint";
import type { DeclaredData, SecretData } from "./types";
import { isWatchedSource, sourceOf } from "./source-schema";

/** True if, according to the state, Keycard has this data already. */
export async function stateMatches(state: DeclaredData, data: SecretData): Promise<boolean> {
  const [field, known] = valueIn(state);
  const [, value] = valueIn(data);
  return sameJson(withValue(state, field, value), data) && isValueOf(known, value);
}

/** True if, according to the state, Keycard has this token or password already, with any user name. */
export async function stateHoldsValue(state: DeclaredData | undefined, data: SecretData): Promise<boolean> {
  return state?.type === data.type && isValueOf(valueIn(state)[1], valueIn(data)[1]);
}

async function isValueOf(known: unknown, value: unknown): Promise<boolean> {
  return !isUnread(known) && mayBeValueOf(known, value);
}

/** The same for a state that is not certain. */
async function mayBeValueOf(known: unknown, value: unknown): Promise<boolean> {
  if (typeof value !== "string") return false;
  if (!isWatchedSource(known) && !isGenerated(known) && !isInitial(known)) return known === value;
  return known.fingerprint !== undefined && isFingerprintOf(known.fingerprint, value);
}

/**
 * Converts what Keycard has to the form of the state, without values that were declared by reference, were generated, or
 * belong to others.
 *
 * @param state - the declaration
 * @param held - the state before, if that differs
 */
export async function toStateForm(
  state: DeclaredData | undefined,
  data: SecretData,
  held = state,
): Promise<DeclaredData> {
  const [, known] = valueIn(state);
  const [field, value] = valueIn(data);
  if (isInitial(known)) return withValue(data, field, givenOnly(known)) as DeclaredData;
  if (isGenerated(known))
    return withValue(data, field, await keptForm(known, data, [held, state])) as DeclaredData;
  if (!isWatchedSource(known)) return data;
  const recipe = recipeOf(known.fingerprint) ?? anyRecipe();
  const fingerprint = await fingerprintOf(value as string, recipe);
  return withValue(data, field, { ...sourceOf(known), fingerprint }) as DeclaredData;
}

/**
 * The form of a generated value in the state. It has no `since` if neither state knows the value: it was set outside
 * Pulumi.
 */
async function keptForm(
  declared: KeptGenerated,
  data: SecretData,
  states: (DeclaredData | undefined)[],
): Promise<KeptGenerated> {
  const [, value] = valueIn(data);
  for (const state of states) {
    const [, known] = valueIn(state);
    if (state?.type !== data.type || !isGenerated(known) || known.since === undefined) continue;
    if (await mayBeValueOf(known, value)) {
      const { generated, since, fingerprint } = known;
      return { generated, since, ...(fingerprint !== undefined && { fingerprint }) };
    }
  }
  const fingerprint = await fingerprintOf(value as string, recipeOf(declared.fingerprint) ?? anyRecipe());
  return { generated: declared.generated, fingerprint };
}

/**
 * The same if the value may have changed and must not be read. A source keeps its fingerprint for the salt, and a generated
 * value keeps it to be recognized.
 */
export function toUnreadForm(
  state: DeclaredData | undefined,
  { type, version }: { type: SecretData["type"]; version: number },
): DeclaredData {
  const [, known] = valueIn(state);
  const isKept = isWatchedSource(known) || isGenerated(known);
  return formOfType(state, type, { ...(isKept && known), unreadVersion: version });
}

/** `data` whose value belongs to others, after a listing has shown its type. */
export function toGivenForm(state: DeclaredData | undefined, type: SecretData["type"]): DeclaredData {
  return formOfType(state, type, givenOnly(valueIn(state)[1]));
}

function formOfType(state: DeclaredData | undefined, type: SecretData["type"], value: unknown): DeclaredData {
  const username = state?.type === "password" ? state.username : "";
  return (type === "token" ? { type, token: value } : { type, username, password: value }) as DeclaredData;
}

function givenOnly(value: unknown): unknown {
  return isInitial(value) ? { initialValue: value.initialValue } : value;
}

/**
 * The form of `data` in a state that keeps its value while its declaration changes.
 *
 * @param olds - what the state has
 */
export function keptData(olds: DeclaredData | undefined, news: DeclaredData): DeclaredData {
  const [[, old], [field, now]] = [valueIn(olds), valueIn(news)];
  if (!isGenerated(now) || !isGenerated(old)) return news;
  return withValue(news, field, { ...old, generated: now.generated }) as DeclaredData;
}

/** True if the state does not know the value, because it was not read. */
export function isValueUnread(state: DeclaredData | undefined): boolean {
  return isUnread(valueIn(state)[1]);
}

/** The texts in the state's `data` that no error may show. It has none of a value by reference. */
export function textsOf(data: DeclaredData | undefined): string[] {
  const texts: string[] = [];
  for (const [name, value] of Object.entries(data ?? {}) as [string, unknown][]) {
    if (name !== "type" && typeof value === "string") texts.push(value);
  }
  return texts;
}

/** An existing secret, with its value if it was read. */
interface Existing {
  type: SecretData["type"];
  updatedAt: string;
  data?: SecretData;
}

/**
 * The form in the state of a value that an adopted secret keeps: one that is declared as generated or as an initial value.
 *
 * @returns undefined if the declared value must be compared and sent
 */
export async function adoptedForm(
  existing: Existing,
  declared: DeclaredData,
): Promise<DeclaredData | undefined> {
  const [field, value] = valueIn(declared);
  if (existing.type !== declared.type) return undefined;
  if (isInitial(value)) return declared;
  if (!isGenerated(value)) return undefined;
  const { data, updatedAt } = existing;
  if (data && !sameJson(withoutValue(data), withoutValue(declared))) return undefined;
  const kept: KeptGenerated = {
    generated: value.generated,
    // The value was last changed at this time or earlier.
    since: updatedAt,
    ...(data && { fingerprint: await fingerprintOf(valueIn(data)[1] as string, anyRecipe()) }),
  };
  return withValue(declared, field, kept) as DeclaredData;
}
