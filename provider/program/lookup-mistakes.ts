import { didYouMean } from "../config/nearest-names";
import type { LookUpName } from "../operations/look-ups";
import { isOutput, isPromise, isRecord, kindOf } from "../protocol/mistake";

/** What a lookup takes. */
interface Form {
  args: readonly string[];
  required: readonly string[];
  example: string;
}

const ONE: Omit<Form, "example"> = { args: ["zoneId", "id"], required: ["id"] };

const FORMS = {
  getSecret: { ...ONE, example: '{ id: "sec_1" }' },
  getSecretValue: { ...ONE, example: '{ id: "sec_1" }' },
  listSecrets: { args: ["zoneId", "entityId", "type"], required: [], example: '{ entityId: "ent_1" }' },
} satisfies Record<LookUpName, Form>;

const TYPES = ["token", "password"];
const LONGEST_SHOWN = 60;

/**
 * Writes the call as messages name it, as in `getSecret({ id: "sec_1" })`.
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
 * Finds what is wrong with the arguments and options of a lookup whose arguments are known.
 *
 * @returns the rest of the sentence that begins with the call; undefined if nothing is wrong
 */
export function problemOfLookup(name: LookUpName, args: unknown, opts: unknown): string | undefined {
  return problemOfArgs(name, args, false) ?? problemOfOptions(opts, ["parent"]);
}

/** The same for the form that returns an output: what an output or a promise holds is judged once it is known. */
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
    if (value === undefined || value === null) {
      if (form.required.includes(key)) return `\`${key}\` is missing. ${example}`;
    } else if (isOutput(value) || isPromise(value)) {
      if (!output)
        return `\`${key}\` is ${kindOf(value)}. Use ${name}Output, which takes outputs and promises.`;
    } else if (typeof value !== "string" || (value === "" && key !== "zoneId")) {
      return `\`${key}\` must be a string, not ${kindOf(value)}.`;
    } else if (key === "type" && !TYPES.includes(value)) {
      return "`type` must be `token` or `password`.";
    }
  }
  return undefined;
}

function problemOfOptions(opts: unknown, options: readonly string[]): string | undefined {
  if (opts === undefined || opts === null) return undefined;
  if (!isRecord(opts)) return `the options must be an object, not ${kindOf(opts)}.`;
  const unknown = Object.keys(opts).find((key) => !options.includes(key) && opts[key] !== undefined);
  if (unknown === undefined) return undefined;
  const names = options.map((option) => `\`${option}\``).join(", ");
  return `\`${unknown}\` is not an option of a lookup. ${didYouMean(unknown, options)}It takes ${names}.`;
}

function shown(value: unknown): string {
  if (typeof value !== "string") return isOutput(value) || isPromise(value) ? "…" : kindOf(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…"` : text;
}
