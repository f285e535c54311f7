import { didYouMean } from "../config/did-you-mean";
import { isObject, sameJson } from "../json";
import { isRecord, kindOf, mistake } from "../mistake";
import { holdsUnknown, UNKNOWN_VALUE, nameIn } from "../pulumi-values";
import { anyRecipe, fingerprintOf, isWhole, recipeFor, recipeOf } from "./fingerprint";
import { problemOfField } from "./field";
import type { ValueReader } from "./reader";
import { isRefusal } from "./source-error";
import type {
  AcceptOption,
  CommandOptions,
  CommandSource,
  DeclaredData,
  EnvSource,
  FileOptions,
  FileSource,
  SecretData,
  ValueSource,
  WatchedSource,
} from "./types";
import {
  givenIn,
  Value,
  withGiven,
  type CheckContext,
  type CheckedValue,
  type SendTools,
  type ValueChange,
  type ValueToSend,
} from "./value";

/**
 * Names an environment variable of Pulumi. An empty one is treated as unset.
 *
 * @param name - the name of the variable
 * @param options - which values are accepted
 * @throws if this is not a name, such as an empty string or `NAME=value`, or an option is unknown
 *
 * @example
 * ```ts
 * import { Secret, fromEnv } from "pulumi-keycard";
 *
 * new Secret("github", { entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3", data: { type: "token", token: fromEnv("GITHUB_TOKEN") } });
 * ```
 */
export function fromEnv(name: string, options: AcceptOption = {}): EnvSource {
  assertSource("fromEnv", name, options, fromEnv);
  return { fromEnv: name, ...chosen(options) };
}

/**
 * Names a file.
 *
 * @param path - relative to the program's folder
 * @param options - whether to trim a newline at the end
 * @throws if this is not a path, or an option is unknown
 *
 * @example
 * ```ts
 * import { Secret, fromFile } from "pulumi-keycard";
 *
 * new Secret("deploy-key", {
 *   entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
 *   data: { type: "token", token: fromFile("../keys/deploy.pem", { trim: false }) },
 * });
 * ```
 */
export function fromFile(path: string, options: FileOptions = {}): FileSource {
  assertSource("fromFile", path, options, fromFile);
  return { fromFile: path, ...chosen(options) };
}

/**
 * Names a command whose stdout is the value. It runs in the program's folder, in previews too, once for all secrets
 * that name it. It gets the environment of Pulumi without the credentials of Pulumi and Keycard (see `passEnv`). Its
 * arguments are stored in the state as part of `data`, encrypted, and no message shows them.
 *
 * @param command - the program and its arguments. No shell is involved, so nothing needs quotes
 * @param options - whether to trim a newline at the end, the time limit, and the credentials that the command gets
 * @throws if this is not a list of strings, or an option is unknown
 *
 * @example
 * ```ts
 * import { Secret, fromCommand } from "pulumi-keycard";
 *
 * new Secret("database", {
 *   entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
 *   data: { type: "password", username: "app", password: fromCommand(["op", "read", "op://infra/database/password"]) },
 * });
 * ```
 */
export function fromCommand(command: readonly string[], options: CommandOptions = {}): CommandSource {
  assertSource("fromCommand", command, options, fromCommand);
  const { timeoutSeconds, passEnv = [] } = options;
  return {
    fromCommand: [...command],
    ...chosen(options),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(passEnv.length > 0 && { passEnv: [...passEnv] }),
  };
}

/** Leaves out the defaults, so that writing one is no change. */
const chosen = ({ trim, field, acceptAnyValue }: FileOptions) => ({
  ...(trim === false && { trim }),
  ...(field !== undefined && { field }),
  ...(acceptAnyValue === true && { acceptAnyValue }),
});

/** A token or password that is read where Pulumi runs. The state has its source and a fingerprint. */
export class Source extends Value {
  static readonly examples = ['fromEnv("NAME")', 'fromFile("path")', 'fromCommand(["program", "argument"])'];

  static readonly keys = ["fromEnv", "fromFile", "fromCommand"];

  private get kept(): WatchedSource {
    return this.given as WatchedSource;
  }

  /**
   * Reads the value and computes its fingerprint, with the recipe in the state if there is one. A source that cannot be read
   * keeps its fingerprint. If it has none, it is unknown in a preview, and so is that of a new secret, which takes
   * milliseconds. A fingerprint in the arguments is not trusted, because it comes from another secret.
   */
  override async check(held: Value, context: CheckContext): Promise<CheckedValue> {
    const { data, source, kept } = this;
    if (holdsUnknown(kept)) return { data };
    const problems = problemsOfSource(source, this.path);
    if (problems.length > 0) return { data, problems };
    if (sameJson(data, held.data) && (this.isUnread || this.isIgnored(context))) return { data };

    const known = held instanceof Source ? held : undefined;
    const isSame = known && !known.isUnread && sameJson(known.source, source);
    const { fingerprint: stored, foundOther = false }: Partial<WatchedSource> = isSame ? known.kept : {};
    const { urn, reader, preview = false, leavesOutHash } = context;
    let text: string | undefined;
    try {
      text = await reader.readIfPossible(source, {
        consequence:
          stored === undefined
            ? needed(preview, givenIn(held.data) === undefined)
            : `the value was not compared${foundOther ? FOUND_OTHER : ", and the stored fingerprint is kept"}.`,
        user: nameIn(urn),
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { data, problems: [error.refusal] };
    }
    const keep = (more: Partial<WatchedSource>) => this.with({ ...source, ...more });
    if (text === undefined) {
      const fingerprint = stored ?? (preview ? UNKNOWN_VALUE : undefined);
      const found = foundOther && { foundOther };
      return { data: keep({ ...(fingerprint !== undefined && { fingerprint }), ...found }) };
    }
    // A preview of a new secret compares nothing and stores nothing.
    if (preview && givenIn(held.data) === undefined)
      return { data: keep({ fingerprint: UNKNOWN_VALUE }), text };
    const recipe = recipeOf(known?.kept.fingerprint) ?? recipeFor(urn);
    const whole = () => reader.fingerprint(text, recipe);
    if (!leavesOutHash) return { data: keep({ fingerprint: await whole() }), text };
    // The next call compares the value of a secret that exists, and reports a failure.
    if (known) whole().catch(() => undefined);
    return { data: keep({ fingerprint: `${recipe}$` }), text, fingerprint: whole };
  }

  override async noteIfUnreadable(reader: ValueReader, isNew: boolean, user: string): Promise<void> {
    if (this.isUnread || isWhole(this.kept.fingerprint) || holdsUnknown(this.kept)) return;
    await reader.readIfPossible(this.source, { consequence: needed(true, isNew), user });
  }

  override async toSend({ reader }: SendTools): Promise<ValueToSend> {
    const text = await reader.read(this.source);
    const recipe = recipeOf(this.kept.fingerprint);
    const kept = recipe
      ? this.with({ ...this.kept, fingerprint: await reader.fingerprint(text, recipe) })
      : this.data;
    return { data: this.with(text) as SecretData, kept, unconfirmed: kept };
  }

  override changeFrom(held: Value): ValueChange {
    const isSame = this.wasNotCompared(held) || sameJson(withoutFinding(held), withoutFinding(this));
    return isSame ? "none" : "value";
  }

  override keptUnsent(held: Value): DeclaredData {
    return this.wasNotCompared(held) ? held.data : this.data;
  }

  override async keptAfterRead(found: SecretData): Promise<DeclaredData> {
    const { fingerprint: before, foundOther } = this.kept;
    const recipe = recipeOf(before);
    const fingerprint = await fingerprintOf(givenIn(found) as string, recipe ?? anyRecipe());
    const isOther = foundOther === true || (isWhole(before) && fingerprint !== before);
    return withGiven(found, { ...this.source, fingerprint, ...(isOther && { foundOther: true }) });
  }

  /** The source, if it is valid and known. */
  get readable(): ValueSource | undefined {
    const { source } = this;
    return problemsOfSource(source, "").length > 0 || holdsUnknown(source) ? undefined : source;
  }

  /** True if the value could not be read, and its source is that of the state. */
  private wasNotCompared(held: Value): boolean {
    if (!(held instanceof Source) || held.isUnread || this.isUnread) return false;
    const [now, before] = [this.kept.fingerprint, held.kept.fingerprint];
    if (isWhole(now) || !isWhole(before) || recipeOf(before) !== recipeOf(now)) return false;
    return sameJson(held.source, this.source) && sameJson(held.others, this.others);
  }

  /** Without what only the state has. */
  private get source(): ValueSource {
    const source = { ...this.kept };
    for (const key of KEPT_KEYS) delete source[key];
    return source;
  }

  /** True for a fingerprint that the engine has put into the arguments from the state, by the option `ignoreChanges`. */
  private isIgnored({ urn, ignoresData }: CheckContext): boolean {
    const { fingerprint } = this.kept;
    if (fingerprint === undefined) return false;
    // A transformation may have set the option, and the resource does not see that.
    return ignoresData === true || recipeOf(fingerprint) === recipeFor(urn);
  }
}

/** The keys that only the state adds to a source. */
const KEPT_KEYS = ["fingerprint", "unreadVersion", "foundOther"] as const;

const FOUND_OTHER = ". The last read found another one in Keycard, which stays";

/** Undefined if the value is about to be sent, because that will fail with an error. */
function needed(preview: boolean, isNew: boolean): string | undefined {
  return preview ? `\`pulumi up\` needs the value to ${isNew ? "create" : "update"} the secret.` : undefined;
}

/** That another value was found is no change: the program may have that one now. */
function withoutFinding({ data }: Value): DeclaredData {
  const given = givenIn(data);
  return isObject(given) && "foundOther" in given
    ? withGiven(data, { ...given, foundOther: undefined })
    : data;
}

interface Fault {
  /** The part of a list, as in "argument 1". */
  part?: string;
  fact: string;
  remedy?: string;
}

/** Returns what is wrong with a part of a source; undefined if it is fine. */
type Rule = (value: unknown) => Fault | undefined;

/** A string that the system accepts as the name of a file, a variable or an argument. */
const text =
  (remedy: string): Rule =>
  (value) => {
    if (value === undefined || value === null) return { fact: `is ${String(value)}` };
    if (typeof value !== "string") return { fact: `must be a string, not ${kindOf(value)}`, remedy };
    if (value.trim() === "") return { fact: "is empty", remedy };
    return value.includes("\0") ? { fact: "contains a null byte" } : undefined;
  };

const variable: Rule = (value) => {
  const example = 'fromEnv("NAME")';
  if (value === undefined) {
    return { fact: "is undefined", remedy: `pass the name, as in ${example}, not process.env.NAME` };
  }
  const fault = text(`write it as ${example}`)(value);
  if (fault) return fault;
  const name = value as string;
  // The text may be a value that was passed by mistake, so no message shows it.
  if (name.includes("=")) {
    const remedy = `write only the name, as in ${example}, and set the variable where \`pulumi up\` runs`;
    return { fact: 'cannot contain "="', remedy };
  }
  if (name.startsWith("$")) return { fact: 'begins with "$"', remedy: `write it without, as in ${example}` };
  return name.trim() === name ? undefined : { fact: "begins or ends with white space", remedy: "remove it" };
};

const command: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0) {
    const why = typeof value === "string" ? ". No shell splits a text into arguments" : "";
    return {
      fact: `must be a list of the program and its arguments, not ${Array.isArray(value) ? "an empty list" : kindOf(value)}`,
      remedy: `write it as fromCommand(["op", "read", "op://vault/item/field"])${why}`,
    };
  }
  for (const [index, part] of (value as unknown[]).entries()) {
    const fault = index === 0 && !/\S/.test(String(part)) ? { fact: "is empty" } : argument(part);
    if (fault) return { part: index === 0 ? "the program" : `argument ${index}`, ...fault };
  }
  return undefined;
};

/** The maximum length of an argument on Linux, in bytes. */
const LONGEST_ARGUMENT = 131_071;

const argument: Rule = (value) => {
  if (typeof value !== "string") return { fact: `must be a string, not ${kindOf(value)}` };
  if (value.includes("\0")) return { fact: "contains a null byte" };
  const bytes = Buffer.byteLength(value);
  if (bytes <= LONGEST_ARGUMENT) return undefined;
  const fact = `has ${bytes} bytes, and the maximum is ${LONGEST_ARGUMENT}`;
  return { fact, remedy: "pass it in a file" };
};

const flag: Rule = (value) =>
  typeof value === "boolean" ? undefined : { fact: `must be true or false, not ${kindOf(value)}` };

const field: Rule = (value) => {
  const fact = problemOfField(value);
  return fact === undefined ? undefined : { fact };
};

/** Timers wait no longer. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

const timeoutSeconds: Rule = (value) =>
  typeof value === "number" && value > 0 && value <= LONGEST_TIMEOUT_SECONDS
    ? undefined
    : { fact: `must be a number of seconds above 0, at most ${LONGEST_TIMEOUT_SECONDS}` };

const passEnv: Rule = (value) =>
  Array.isArray(value) && value.every((name) => variable(name) === undefined)
    ? undefined
    : { fact: "must be a list of names of environment variables" };

type SourceName = "fromEnv" | "fromFile" | "fromCommand";

/** Each way to name a source: what its main part is called, and the rules of its parts, of which the first is the main one. */
const SOURCES: Record<SourceName, { what: string; rules: Record<string, Rule> }> = {
  fromEnv: {
    what: "the name of an environment variable",
    rules: { fromEnv: variable, acceptAnyValue: flag },
  },
  fromFile: {
    what: "the path of a file",
    rules: { fromFile: text('write it as fromFile("path")'), trim: flag, field, acceptAnyValue: flag },
  },
  fromCommand: {
    what: "the command",
    rules: { fromCommand: command, trim: flag, timeoutSeconds, passEnv, field, acceptAnyValue: flag },
  },
};

/** @throws an Error that names the mistake in the program */
function assertSource(name: SourceName, main: unknown, options: unknown, called: CallableFunction): void {
  const { what, rules } = SOURCES[name];
  const [, ...known] = Object.keys(rules);
  const fail = (text: string) => mistake(`${name}: ${text}.`, called);
  const assert = (key: string, value: unknown, subject: string) => {
    const { part = subject, fact, remedy = "" } = rules[key]?.(value) ?? {};
    const advice = remedy && `. ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}`;
    if (fact !== undefined) throw fail(`${part} ${fact}${advice}`);
  };
  assert(name, main, what);
  if (!isRecord(options)) throw fail(`the options must be an object, not ${kindOf(options)}`);
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) {
      const hint = didYouMean(option, known);
      throw fail(`\`${option}\` is not an option. ${hint}The options are ${known.join(", ")}`);
    }
    if (value !== undefined) assert(option, value, `the option \`${option}\``);
  }
}

/** Returns the problems of a source in the arguments. Each names its place, and none shows a value. */
export function problemsOfSource(source: object, at: string): string[] {
  const name = nameOf(source);
  const rules = name === undefined ? {} : SOURCES[name].rules;
  return Object.entries(source).flatMap(([key, value]) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (!rule) {
      const [, ...options] = Object.keys(rules);
      const known = options.length === 0 ? "no options" : `the options ${options.join(", ")}`;
      return [`\`${at}\` has an option that ${name} does not have: it accepts ${known}`];
    }
    const { part, fact, remedy = "" } = rule(value) ?? {};
    const place = `${part === undefined ? "" : `${part} of `}\`${at}.${key}\``;
    return fact === undefined ? [] : [`${place} ${fact}${remedy && `: ${remedy}`}`];
  });
}

/** True for the result of `fromEnv`, `fromFile` or `fromCommand`, valid or not. */
export const isSource = (given: unknown): given is object => isObject(given) && nameOf(given) !== undefined;

function nameOf(given: object): SourceName | undefined {
  const names = Object.keys(SOURCES) as SourceName[];
  const [name, ...others] = names.filter((each) => Object.hasOwn(given, each));
  return others.length > 0 ? undefined : name;
}
