import { sameJson } from "../json";
import { readRegistration } from "../hidden-input";
import { holdsUnknown, UNKNOWN_VALUE } from "../pulumi-values";
import { valueIn, withoutValue, withValue } from "./data-value";
import { normalOptions, problemsOfGenerated } from "./generated-options";
import { keyOfInitial, type InitialValues } from "./initial-values";
import { isDue, isGenerated, isInitial, isStale, sameGeneration, type KeptGenerated } from "./kept-value";
import type { ValueReader } from "./value-reader";
import type { ValueSource } from "./value-source";
import { problemsOfSource } from "./value-source-schema";
import { fingerprintSource, type Watched } from "./watched-data";

/** The tools with which `check` processes `data`. */
export interface DataTools {
  reader: ValueReader;
  initialValues: InitialValues;
}

/** What `check` knows about the resource, in addition to its `data`. */
export interface DataContext {
  /** The `data` in the state. */
  olds: unknown;
  registration: string | undefined;
  /** Another name for the resource, if its URN is unknown. */
  otherwise: string;
  /** True if an existing secret is adopted. */
  isAdopted: boolean;
}

/** Converts `data` from its declaration to its form in the state. */
export async function lookAtData(data: unknown, context: DataContext, tools: DataTools): Promise<Watched> {
  const [field, value] = valueIn(data);
  if (isGenerated(value)) return planGenerated(data, field, value, context);
  if (isInitial(value)) return planInitial(data, field, value, context, tools);
  return fingerprintSource(data, context.olds, tools.reader, context.registration);
}

/**
 * Adds to a generated value the time since which it is valid: that of the state, or now if it must be replaced. The engine
 * lists a change only if arguments differ, and this one differs as soon as a value is too old.
 */
function planGenerated(
  data: unknown,
  field: string,
  value: KeptGenerated,
  { olds, registration, isAdopted }: DataContext,
): Watched {
  const toValidate = withValue(data, field, UNKNOWN_VALUE);
  const { preview, isUntold = false } = readRegistration(registration);
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
  const since = isUntold || isAdopted ? undefined : preview ? UNKNOWN_VALUE : new Date().toISOString();
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
  { olds, registration, otherwise }: DataContext,
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
  const key = keyOfInitial(readRegistration(registration).urn || otherwise);
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
