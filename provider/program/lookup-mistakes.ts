import { didYouMean } from "../config/did-you-mean";
import type { LookUpName } from "../secret/lookups";
import { isOutput, isPromise, isRecord, kindOf } from "../mistake";

interface Form {
  args: readonly string[];
  /** Exactly one of these must be set. */
  oneOf: readonly string[];
  /** Arguments that can only be used together with another one. */
  goesWith: Readonly<Record<string, string>>;
  example: string;
}

const ONE: Form = {
  args: ["zoneId", "id", "entityId", "name"],
  oneOf: ["id", "name"],
  goesWith: { entityId: "name" },
  example: '{ id: "sec_1" }',
};

const FORMS: Record<LookUpName, Form> = {
  getSecret: ONE,
  getSecretValue: ONE,
  listSecrets: {
    args: ["zoneId", "entityId", "name", "type"],
    oneOf: [],
    goesWith: {},
    example: '{ entityId: "ent_1" }',
  },
};

const TYPES = ["token", "password"];
const LONGEST_SHOWN = 60;

/**
 * Formats a call for messages, as in `getSecret({ id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" })`.
 *
 * @param called - the function that the user called
 */
export function describeCall(name: LookUpName, args: unknown, called: string): string {
  const form: Form = FORMS[name];
  if (!isRecord(args)) return `${called}(${typeof args === "string" ? shown(args) : ""})`;
  const fields = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${form.args.includes(key) ? shown(value) : "…"}`);
  return fields.length === 0 ? `${called}({})` : `${called}({ ${fields.join(", ")} })`;
}

/**
 * Validates the arguments and options of a lookup whose arguments are known.
 *
 * @returns the rest of the sentence that begins with the call; undefined if nothing is wrong
 */
export function problemOfLookup(name: LookUpName, args: unknown, opts: unknown): string | undefined {
  return problemOfArgs(name, args, false) ?? problemOfOptions(opts, ["parent"]);
}

/** The same for the form that returns an output. Outputs and promises are validated when they resolve. */
export function problemOfOutputLookup(name: LookUpName, args: unknown, opts: unknown): string | undefined {
  const isLater = isOutput(args) || isPromise(args);
  return (
    (isLater ? undefined : problemOfArgs(name, args, true)) ?? problemOfOptions(opts, ["parent", "dependsOn"])
  );
}

function problemOfArgs(name: LookUpName, args: unknown, output: boolean): string | undefined {
  const form: Form = FORMS[name];
  const example = `Write ${output ? `${name}Output` : name}(${form.example}).`;
  if (!isRecord(args)) return `the argument must be an object, not ${kindOf(args)}. ${example}`;
  for (const key of Object.keys(args)) {
    if (form.args.includes(key)) continue;
    const names = form.args.map((arg) => `\`${arg}\``).join(", ");
    return `\`${key}\` is not an argument. ${didYouMean(key, form.args)}The arguments are ${names}.`;
  }
  for (const key of form.args) {
    const value = args[key];
    if (!isSet(value)) continue;
    if (isOutput(value) || isPromise(value)) {
      if (!output)
        return `\`${key}\` is ${kindOf(value)}. Use ${name}Output, which takes outputs and promises.`;
    } else if (typeof value !== "string" || (value === "" && key !== "zoneId")) {
      return `\`${key}\` must be a string, not ${kindOf(value)}.`;
    } else if (key === "type" && !TYPES.includes(value)) {
      return "`type` must be `token` or `password`.";
    }
  }
  return problemOfChoice(form, args, example);
}

function problemOfChoice(form: Form, args: Record<string, unknown>, example: string): string | undefined {
  const given = form.oneOf.filter((key) => isSet(args[key]));
  const names = form.oneOf.map((key) => `\`${key}\``);
  if (given.length > 1) return `${names.join(" and ")} are both set. Set only one of them.`;
  if (given.length === 0 && names.length > 0) return `${names.join(" or ")} is missing. ${example}`;
  for (const [key, other] of Object.entries(form.goesWith)) {
    if (isSet(args[key]) && !given.includes(other))
      return `\`${key}\` can only be used with \`${other}\`. Remove it.`;
  }
  return undefined;
}

const isSet = (value: unknown) => value !== undefined && value !== null;

function problemOfOptions(opts: unknown, options: readonly string[]): string | undefined {
  if (opts === undefined || opts === null) return undefined;
  if (!isRecord(opts)) return `the options must be an object, not ${kindOf(opts)}.`;
  const unknown = Object.keys(opts).find((key) => !options.includes(key) && opts[key] !== undefined);
  if (unknown === undefined) return undefined;
  const names = options.map((option) => `\`${option}\``).join(", ");
  return `\`${unknown}\` is not an option of a lookup. ${didYouMean(unknown, options)}The options are ${names}.`;
}

function shown(value: unknown): string {
  if (typeof value !== "string") return isOutput(value) || isPromise(value) ? "…" : kindOf(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…"` : text;
}
