import { holdsUnknown } from "../pulumi-values";
import {
  isPassable,
  isTimeoutSeconds,
  isVariable,
  isVariables,
  LONGEST_TIMEOUT_SECONDS,
  type ValueSource,
  type WatchedSource,
} from "./source";

/** The maximum length of an argument on Linux, in bytes. */
const LONGEST_ARGUMENT = 131_071;

type Check = (value: unknown) => string | undefined;

const NULL_CHARACTER = "\0";

const variable: Check = (value) =>
  isVariable(value)
    ? undefined
    : "must be the name of an environment variable, without `=` or a null character";

const path: Check = (value) => (isPassable(value) ? undefined : "must be a path, without a null character");

const command: Check = (value) => {
  if (!Array.isArray(value) || !value.every((part) => typeof part === "string") || !value[0]) {
    return 'must be a program with its arguments, as in ["program", "argument"]';
  }
  if (value.some((part) => part.includes(NULL_CHARACTER))) return "has an argument with a null character";
  const longest = Math.max(...value.map((part) => Buffer.byteLength(part)));
  if (longest <= LONGEST_ARGUMENT) return undefined;
  return `has an argument of ${longest} bytes, and the maximum is ${LONGEST_ARGUMENT}: pass it in a file`;
};

const trim: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

const timeoutSeconds: Check = (value) =>
  isTimeoutSeconds(value)
    ? undefined
    : `must be a number of seconds above 0, at most ${LONGEST_TIMEOUT_SECONDS}`;

const passEnv: Check = (value) =>
  isVariables(value)
    ? undefined
    : "must be a list of names of environment variables, each without `=` or a null character";

/** The keys of each kind of source. */
const KINDS: Record<string, Record<string, Check>> = {
  fromEnv: { fromEnv: variable },
  fromFile: { fromFile: path, trim },
  fromCommand: { fromCommand: command, trim, timeoutSeconds, passEnv },
};

/** The keys that only the state adds to a source. */
const ADDED = ["fingerprint", "unreadVersion"];

/** True for the result of `fromEnv`, `fromFile` and `fromCommand`, and for its form in the state. */
export function isWatchedSource(value: unknown): value is WatchedSource {
  return isObject(value) && !holdsUnknown(value) && problemsOfSource(value, "")?.length === 0;
}

/** A source without the keys that only the state adds. */
export function sourceOf(watched: WatchedSource): ValueSource {
  const source = { ...watched };
  delete source.fingerprint;
  delete source.unreadVersion;
  return source;
}

/** True for a source, valid or not, and for a value that a preview does not know yet. */
export function mayBeSource(value: unknown): value is object {
  return isObject(value) && (holdsUnknown(value) || kindOf(value) !== undefined);
}

/**
 * Returns the problems of a source. Each names its place, and none shows a value.
 *
 * @returns undefined if it is not a source; an empty list if a preview does not know it yet
 */
export function problemsOfSource(source: object, at: string): string[] | undefined {
  if (holdsUnknown(source)) return [];
  const kind = kindOf(source);
  if (kind === undefined) return undefined;
  const checks = KINDS[kind] ?? {};
  return Object.entries(source).flatMap(([name, value]) => {
    if (ADDED.includes(name)) return [];
    if (!Object.hasOwn(checks, name)) {
      const options = Object.keys(checks).filter((each) => each !== kind);
      const known = options.length === 0 ? "no options" : `the options ${options.join(", ")}`;
      return [`\`${at}\` has an option that ${kind} does not have: it accepts ${known}`];
    }
    const problem = checks[name]?.(value);
    return problem === undefined ? [] : [`\`${at}.${name}\` ${problem}`];
  });
}

/** The kind of an object; undefined if it has none or several. */
function kindOf(value: object): string | undefined {
  const [kind, ...others] = Object.keys(KINDS).filter((name) => Object.hasOwn(value, name));
  return others.length > 0 ? undefined : kind;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The error of a source that cannot be read here. */
interface UnreadableSource extends Error {
  /** What is wrong, as in "The environment variable DB_PASSWORD is not set". */
  readonly fact: string;
}

/**
 * Builds the error of a source that cannot be read.
 *
 * @param event - what is wrong, as in "is not set"; without any value
 * @param remedy - what to do, if not the default for the source
 */
export function unreadable(source: ValueSource, event: string, remedy = remedyFor(source)): UnreadableSource {
  const fact = `${describeSource(source)} ${event}`;
  const text = `${fact}. The value is needed for this update: ${remedy}`;
  return Object.assign(new Error(text), { fact });
}

/** True for an error of {@link unreadable}. */
export function isUnreadable(error: unknown): error is UnreadableSource {
  return typeof (error as Partial<UnreadableSource> | null)?.fact === "string";
}

/** Describes a source, without any value, as the beginning of a sentence. */
export function describeSource(source: ValueSource): string {
  if ("fromEnv" in source) return `The environment variable ${source.fromEnv}`;
  if ("fromFile" in source) return `The file ${source.fromFile} (seen from ${process.cwd()})`;
  const [program = "", ...args] = source.fromCommand;
  // An argument may be a secret, as in `curl -H "X-Vault-Token: …"`.
  return `The command \`${program}${args.length > 0 ? " …" : ""}\``;
}

function remedyFor(source: ValueSource): string {
  if ("fromEnv" in source) return "set the variable where `pulumi up` runs.";
  if ("fromFile" in source) return "put the file there before `pulumi up` runs.";
  return "make sure that the command runs non-interactively where `pulumi up` runs.";
}
