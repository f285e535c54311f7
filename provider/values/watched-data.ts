import { fingerprintOf, recipeFor, recipeOf } from "./fingerprint";
import { sameJson } from "../json";
import { readRegistration, type Registration } from "../hidden-input";
import { isUnread, valueIn, withValue } from "./data-value";
import type { DeclaredData } from "./secret-data";
import { UNKNOWN_VALUE } from "../pulumi-values";
import type { ValueReader } from "./value-reader";
import type { WatchedSource } from "./value-source";
import { isWatchedSource, sourceOf } from "./value-source-schema";

/** Data after `check`. */
export interface Watched {
  /** The form for the state: sources with their fingerprints. */
  data: unknown;
  /** The form to validate: sources replaced by their values, if they can be read here. */
  toValidate: unknown;
  /** Further problems. */
  problems?: string[];
}

/**
 * Reads the value of a source and computes its fingerprint, with the recipe in the state if there is one. A source that
 * cannot be read keeps its fingerprint. If it has none, it is unknown in a preview. A fingerprint in the arguments is not
 * trusted, because it comes from another secret.
 */
export async function fingerprintSource(
  data: unknown,
  olds: unknown,
  reader: ValueReader,
  registration?: string,
): Promise<Watched> {
  const [field, given] = valueIn(data);
  const [, old] = valueIn(olds);
  for (const value of [given, old]) if (typeof value === "string") reader.hide(value);
  const origin = readRegistration(registration);
  const isKept = sameJson(data, olds);
  if (isUnread(given) && isKept) return { data, toValidate: UNKNOWN_VALUE };
  if (isUnread(given) && isUnread(old) && !isWatchedSource(given)) return unreadChange(data, field);
  if (!isWatchedSource(given)) return { data, toValidate: data };
  if (isKept && isIgnored(given, origin)) return { data, toValidate: data };

  const declared = sourceOf(given);
  const known = isWatchedSource(old) ? old : undefined;
  const isSame = known && !isUnread(known) && sameJson(sourceOf(known), declared);
  const kept = isSame ? known.fingerprint : undefined;
  const note = {
    consequence: consequence(kept !== undefined, origin.preview, old === undefined),
    user: nameIn(origin.urn),
  };
  const value = await reader.readIfPossible(declared, note);
  const recipe = recipeOf(known?.fingerprint) ?? recipeFor(origin.urn);
  const fingerprint =
    value !== undefined
      ? await fingerprintOf(value, recipe)
      : (kept ?? (origin.preview ? UNKNOWN_VALUE : undefined));
  const watched = { ...declared, ...(fingerprint !== undefined && { fingerprint }) };
  return { data: withValue(data, field, watched), toValidate: withValue(data, field, value ?? declared) };
}

/** True for a fingerprint that the engine has put into the arguments from the state, by the option `ignoreChanges`. */
function isIgnored({ fingerprint }: WatchedSource, { urn, ignoresData }: Registration): boolean {
  if (fingerprint === undefined) return false;
  // A transformation may have set the option, and the resource does not see that.
  return ignoresData === true || urn === "" || recipeOf(fingerprint) === recipeFor(urn);
}

/** The problem if another part of `data` changes: all of it must be sent, but the state does not have the value. */
function unreadChange(data: unknown, field: string): Watched {
  const problem =
    `\`data.${field}\` was changed in Keycard and never read, but a change of another part of \`data\` must send it too: ` +
    `remove \`data.${field}\` from the option \`ignoreChanges\`, or set \`readValues\` to true and run \`pulumi refresh\``;
  return { data, toValidate: withValue(data, field, UNKNOWN_VALUE), problems: [problem] };
}

/** Prints a line, in a preview, about a source without a fingerprint that cannot be read here. */
export async function noteUnreadableSource(data: DeclaredData, reader: ValueReader): Promise<void> {
  const [, declared] = valueIn(data);
  if (!isWatchedSource(declared) || isUnread(declared) || declared.fingerprint !== undefined) return;
  await reader.readIfPossible(declared, { consequence: consequence(false, true, false), user: "" });
}

/** Undefined if the value is about to be sent, because that will fail with an error. */
function consequence(hasFingerprint: boolean, preview: boolean, isNew: boolean): string | undefined {
  if (hasFingerprint) return "the value was not compared, and the stored fingerprint is kept.";
  return preview ? `\`pulumi up\` needs the value to ${isNew ? "create" : "update"} the secret.` : undefined;
}

/** The name of the Pulumi resource. */
const nameIn = (urn: string) => urn.split("::").slice(3).join("::");
