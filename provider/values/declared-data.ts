import { fingerprintOf, recipeFor, recipeOf } from "./fingerprint";
import { sameJson } from "../json";
import {
  isUnread,
  valueIn,
  withValue,
  withoutValue,
  isDue,
  isGenerated,
  isInitial,
  isStale,
  sameGeneration,
  type KeptGenerated,
} from "./value";
import type { DeclaredData } from "./types";
import { holdsUnknown, nameIn, UNKNOWN_VALUE, type Call } from "../pulumi-values";
import type { ValueReader } from "./reader";
import type { WatchedSource, ValueSource } from "./source";
import { isWatchedSource, sourceOf, problemsOfSource } from "./source-schema";
import { normalOptions, problemsOfGenerated } from "./generated";
import { keyOfInitial, type InitialValues } from "./initial";

/** Data after `check`. */
interface Watched {
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
  origin: Call,
): Promise<Watched> {
  const [field, given] = valueIn(data);
  const [, old] = valueIn(olds);
  for (const value of [given, old]) if (typeof value === "string") reader.hide(value);
  const { preview = false } = origin;
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
    consequence: consequence(kept !== undefined, preview, old === undefined),
    user: nameIn(origin.urn),
  };
  const value = await reader.readIfPossible(declared, note);
  const recipe = recipeOf(known?.fingerprint) ?? recipeFor(origin.urn);
  const fingerprint =
    value !== undefined
      ? await fingerprintOf(value, recipe)
      : (kept ?? (preview ? UNKNOWN_VALUE : undefined));
  const watched = { ...declared, ...(fingerprint !== undefined && { fingerprint }) };
  return { data: withValue(data, field, watched), toValidate: withValue(data, field, value ?? declared) };
}

/** True for a fingerprint that the engine has put into the arguments from the state, by the option `ignoreChanges`. */
function isIgnored({ fingerprint }: WatchedSource, { urn, ignoresData }: Call): boolean {
  if (fingerprint === undefined) return false;
  // A transformation may have set the option, and the resource does not see that.
  return ignoresData === true || recipeOf(fingerprint) === recipeFor(urn);
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

/** The tools with which `check` processes `data`. */
interface DataTools {
  reader: ValueReader;
  initialValues: InitialValues;
}

/** What `check` knows about the resource, in addition to its `data`. */
export interface DataContext extends Call {
  /** The `data` in the state. */
  olds: unknown;
  /** True if an existing secret is adopted. */
  isAdopted: boolean;
}

/** Converts `data` from its declaration to its form in the state. */
export async function lookAtData(data: unknown, context: DataContext, tools: DataTools): Promise<Watched> {
  const [field, value] = valueIn(data);
  if (isGenerated(value)) return planGenerated(data, field, value, context);
  if (isInitial(value)) return planInitial(data, field, value, context, tools);
  return fingerprintSource(data, context.olds, tools.reader, context);
}

/**
 * Adds to a generated value the time since which it is valid: that of the state, or now if it must be replaced. The engine
 * lists a change only if arguments differ, and this one differs as soon as a value is too old.
 */
function planGenerated(
  data: unknown,
  field: string,
  value: KeptGenerated,
  { olds, preview, isAdopted }: DataContext,
): Watched {
  const toValidate = withValue(data, field, UNKNOWN_VALUE);
  const isFromState = value.since !== undefined || value.fingerprint !== undefined;
  // By the option `ignoreChanges`. Another secret has another time and another fingerprint.
  if (isFromState && sameJson(data, olds)) return { data, toValidate };
  const { generated } = value;
  if (holdsUnknown(generated)) return { data: withValue(data, field, { generated }), toValidate };
  const problems = [
    ...otherKeys(value, ["generated", "since", "fingerprint", "unreadVersion"], `data.${field}`),
    ...problemsOfGenerated(generated, { at: `data.${field}.generated.` }),
  ];
  if (problems.length > 0) return { data, toValidate, problems };
  const options = normalOptions(generated);
  const [, old] = valueIn(olds);
  const isKept =
    isGenerated(old) &&
    !isStale(old) &&
    sameGeneration(old.generated, options) &&
    sameJson(withoutValue(olds), withoutValue(data)) &&
    !isDue(old.since, options);
  // A saved plan would be violated if `pulumi up` had another time than the preview.
  const since =
    preview === undefined || isAdopted ? undefined : preview ? UNKNOWN_VALUE : new Date().toISOString();
  const kept: KeptGenerated = isKept
    ? { ...old, generated: options }
    : { generated: options, ...(since !== undefined && { since }) };
  return { data: withValue(data, field, kept), toValidate };
}

/** Removes the value, and keeps it for the call that sends it. */
function planInitial(
  data: unknown,
  field: string,
  value: { initialValue: unknown },
  { olds, urn }: DataContext,
  { reader, initialValues }: DataTools,
): Watched {
  const given = value.initialValue;
  const toValidate = (shown: unknown) => withValue(data, field, shown);
  const at = `data.${field}`;
  if (isGivenBefore(given)) {
    const isKept = sameJson(data, olds);
    const problem = `\`${at}\` is the initial value of another secret, which is stored nowhere: write initialValue("value")`;
    return { data, toValidate: toValidate(UNKNOWN_VALUE), ...(!isKept && { problems: [problem] }) };
  }
  const key = keyOfInitial(urn);
  const kept = withValue(data, field, { initialValue: { given: key } });
  if (holdsUnknown(given)) return { data: kept, toValidate: toValidate(UNKNOWN_VALUE) };
  const problems = [...otherKeys(value, ["initialValue"], at), ...problemsOfInitial(given, at)];
  if (problems.length > 0) return { data: kept, toValidate: toValidate(UNKNOWN_VALUE), problems };
  if (typeof given === "string") reader.hide(given);
  initialValues.remember(key, given as string | ValueSource);
  return { data: kept, toValidate: toValidate(given) };
}

const isGivenBefore = (given: unknown) =>
  typeof given === "object" && given !== null && Object.hasOwn(given, "given");

function problemsOfInitial(given: unknown, at: string): string[] {
  if (typeof given === "string") {
    return given === ""
      ? [`\`${at}.initialValue\` is empty: set it to the value, or to a reference such as fromEnv("NAME")`]
      : [];
  }
  const problems =
    typeof given === "object" && given !== null ? problemsOfSource(given, `${at}.initialValue`) : undefined;
  return problems ?? [`\`${at}.initialValue\` must be a string, or one of fromEnv, fromFile and fromCommand`];
}

function otherKeys(value: object, known: string[], at: string): string[] {
  const others = Object.keys(value).filter((name) => !known.includes(name));
  // The name may be a value that was written into the wrong place.
  return others.length === 0 ? [] : [`\`${at}\` has other keys than \`${known[0]}\`: remove them`];
}
