import { fingerprintOf, recipeFor, recipeOf } from "./fingerprint";
import { sameJson } from "../json/same-json";
import { readRegistration, type Registration } from "../protocol/registration";
import { isUnread, valueIn, withValue } from "./data-value";
import type { DeclaredData } from "./secret-data";
import { UNKNOWN_VALUE } from "../protocol/unknown-value";
import type { ValueReader } from "./value-reader";
import type { WatchedSource } from "./value-source";
import { isWatchedSource, sourceOf } from "./value-source-schema";

/** Data that `check` has looked at. */
export interface Watched {
  /** What the state shall hold: sources with their fingerprints. */
  data: unknown;
  /** What there is to judge: sources replaced by their values, as far as they can be read here. */
  toValidate: unknown;
  /** What is wrong with it beside. */
  problems?: string[];
}

/**
 * Looks at the value behind a source and writes down its fingerprint, made by the recipe that the state has already. A
 * source that cannot be read keeps the fingerprint that it has; where it has none yet, a preview leaves it unknown. A
 * fingerprint in the arguments is never believed, as it comes from another secret.
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
  // A transformation may have set the option, which the resource does not see.
  return ignoresData === true || urn === "" || recipeOf(fingerprint) === recipeFor(urn);
}

/** A value that the state does not have is to be sent with another part of `data`, which goes whole. */
function unreadChange(data: unknown, field: string): Watched {
  const problem =
    `\`data.${field}\` was changed in Keycard and never read, and a change of another part of \`data\` has to send it too: ` +
    `take \`data.${field}\` out of the option \`ignoreChanges\`, or allow the provider to read values and run \`pulumi refresh\``;
  return { data, toValidate: withValue(data, field, UNKNOWN_VALUE), problems: [problem] };
}

/** Tells the user, in a preview, of a source that no fingerprint was made of because it cannot be read here. */
export async function noteUnreadableSource(data: DeclaredData, reader: ValueReader): Promise<void> {
  const [, declared] = valueIn(data);
  if (!isWatchedSource(declared) || isUnread(declared) || declared.fingerprint !== undefined) return;
  await reader.readIfPossible(declared, { consequence: consequence(false, true, false), user: "" });
}

/** Says nothing if the value is about to be sent, which will fail with an error. */
function consequence(hasFingerprint: boolean, preview: boolean, isNew: boolean): string | undefined {
  if (hasFingerprint) return "the value was not compared, and the stored fingerprint is kept.";
  return preview ? `\`pulumi up\` needs the value to ${isNew ? "create" : "update"} the secret.` : undefined;
}

/** The name of the Pulumi resource. */
const nameIn = (urn: string) => urn.split("::").slice(3).join("::");
