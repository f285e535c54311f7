import { didYouMean } from "../config/did-you-mean";
import { isRecord, kindOf, mistake } from "../mistake";

/** Timers wait no longer. */
export const LONGEST_TIMEOUT_SECONDS = 2_147_483;

/** True for a valid time limit of a command, in seconds. */
export function isTimeoutSeconds(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= LONGEST_TIMEOUT_SECONDS;
}

/** True for a string that the system accepts as the name of a file, a variable or an argument. */
export function isPassable(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** True for the name of an environment variable. */
export function isVariable(value: unknown): value is string {
  return isPassable(value) && !value.includes("=");
}

/** True for a list of such names. */
export function isVariables(value: unknown): boolean {
  return Array.isArray(value) && value.every(isVariable);
}

/** The rule for an option. */
type Rule = [isValid: (value: unknown) => boolean, wanted: string];

const TRIM: Rule = [(value) => typeof value === "boolean", "true or false"];

const OPTIONS: Record<string, Record<string, Rule>> = {
  fromFile: { trim: TRIM },
  fromCommand: {
    trim: TRIM,
    timeoutSeconds: [isTimeoutSeconds, `a number above 0, at most ${LONGEST_TIMEOUT_SECONDS}`],
    passEnv: [isVariables, "a list of names of environment variables"],
  },
};

/** @throws an Error that names the mistake, if this is not the name of a variable */
function assertVariable(name: unknown, called: CallableFunction): void {
  const problem = problemOfText(name, "the name of an environment variable", 'fromEnv("NAME")');
  const hint = name === undefined ? ' Pass the name, as in fromEnv("NAME"), not process.env.NAME.' : "";
  if (problem !== undefined) throw mistake(`fromEnv: ${problem}${hint}`, called);
  const text = name as string;
  // The text may be a value that was passed by mistake, so no message shows it.
  if (text.includes("=")) {
    throw mistake(
      'fromEnv: the name of an environment variable cannot contain "=". Write only the name, as in fromEnv("NAME"), ' +
        "and set the variable where `pulumi up` runs.",
      called,
    );
  }
  if (text.startsWith("$")) {
    throw mistake(
      'fromEnv: write the name of the environment variable without "$", as in fromEnv("NAME").',
      called,
    );
  }
  if (text.trim() !== text) {
    throw mistake(
      "fromEnv: the name of the environment variable begins or ends with white space. Remove it.",
      called,
    );
  }
}

/** @throws an Error that names the mistake, if this is not the path of a file */
function assertPath(path: unknown, called: CallableFunction): void {
  const problem = problemOfText(path, "the path of a file", 'fromFile("path")');
  if (problem !== undefined) throw mistake(`fromFile: ${problem}`, called);
}

/** @throws an Error that names the mistake, if this is not a program with its arguments */
function assertCommand(command: unknown, called: CallableFunction): void {
  const example = 'fromCommand(["op", "read", "op://vault/item/field"])';
  if (!Array.isArray(command) || command.length === 0) {
    const why = typeof command === "string" ? " No shell splits a text into arguments." : "";
    const given = Array.isArray(command) ? "an empty list" : kindOf(command);
    throw mistake(
      `fromCommand: the command must be a list of the program and its arguments, not ${given}. Write it as ${example}.${why}`,
      called,
    );
  }
  for (const [index, part] of (command as unknown[]).entries()) {
    const what = index === 0 ? "the program" : `argument ${index}`;
    const isEmpty = index === 0 && typeof part === "string" && part.trim() === "";
    if (typeof part === "string" && !isEmpty && !part.includes("\0")) continue;
    const fault =
      typeof part === "string" && !isEmpty ? "contains a null byte" : `must be a string, not ${kindOf(part)}`;
    throw mistake(`fromCommand: ${what} ${isEmpty ? "is empty" : fault}.`, called);
  }
}

/** @throws an Error that names the mistake, if these are not options of `fromFile` or `fromCommand` */
function assertOptions(name: "fromFile" | "fromCommand", options: unknown, called: CallableFunction): void {
  const rules = OPTIONS[name] ?? {};
  const known = Object.keys(rules);
  if (!isRecord(options))
    throw mistake(`${name}: the options must be an object, not ${kindOf(options)}.`, called);
  for (const [option, value] of Object.entries(options)) {
    const rule = rules[option];
    if (!rule) {
      throw mistake(
        `${name}: \`${option}\` is not an option. ${didYouMean(option, known)}The options are ${known.join(", ")}.`,
        called,
      );
    }
    const [isValid, wanted] = rule;
    if (value !== undefined && !isValid(value)) {
      throw mistake(`${name}: the option \`${option}\` must be ${wanted}, not ${kindOf(value)}.`, called);
    }
  }
}

function problemOfText(text: unknown, what: string, example: string): string | undefined {
  if (text === undefined || text === null) return `${what} is ${String(text)}.`;
  if (typeof text !== "string")
    return `${what} must be a string, not ${kindOf(text)}. Write it as ${example}.`;
  if (text.trim() === "") return `${what} is empty. Write it as ${example}.`;
  return text.includes("\0") ? `${what} contains a null byte.` : undefined;
}

/** A value in an environment variable of Pulumi. */
export interface EnvSource {
  /** The name of the variable. */
  fromEnv: string;
}

/** A value in a file, as UTF-8. */
export interface FileSource extends TrimOption {
  /** The path, relative to the program's folder. */
  fromFile: string;
}

/** A value that a command writes to its stdout, as UTF-8. */
export interface CommandSource extends CommandOptions {
  /** The program and its arguments. */
  fromCommand: readonly string[];
}

/** The source of a value that is never in the state. */
export type ValueSource = EnvSource | FileSource | CommandSource;

/** A source as the state has it: with the fingerprint of its last value. */
export type WatchedSource = ValueSource &
  Partial<UnreadValue> & {
    /** A salted, slow hash, as in `scrypt:2048:8:1$…$…`. The result of `check` lacks it if the value could not be read. */
    fingerprint?: string;
  };

/** Replaces, in the state, a value that may have changed in Keycard but must not be read, because `keycard-secrets:readValues` is `false`. */
export interface UnreadValue {
  /** The version that may have another value. */
  unreadVersion: number;
}

/** The handling of a trailing newline. */
export interface TrimOption {
  /**
   * Whether one trailing newline is trimmed. Editors and most commands add one.
   *
   * @defaultValue `true`
   */
  trim?: boolean;
}

/** How a command is run. */
export interface CommandOptions extends TrimOption {
  /**
   * The time limit in seconds, after which the command is killed.
   *
   * @defaultValue `30`
   */
  timeoutSeconds?: number;
  /**
   * The variables with credentials of Pulumi or Keycard that the command gets: `PULUMI_ACCESS_TOKEN`,
   * `PULUMI_CONFIG_PASSPHRASE`, `PULUMI_CONFIG_PASSPHRASE_FILE`, `KEYCARD_CLIENT_SECRET`, `KEYCARD_ACCESS_TOKEN` and the
   * names that Keycard's SDKs use for these. Commands always get all other variables.
   *
   * @defaultValue `[]`
   */
  passEnv?: readonly string[];
}

/**
 * Names an environment variable of Pulumi. An empty one is treated as unset.
 *
 * @throws if this is not a name, such as an empty string or `NAME=value`
 *
 * @example
 * ```ts
 * import { Secret, fromEnv } from "pulumi-keycard";
 *
 * new Secret("github", { entityId: "ent_1", data: { type: "token", token: fromEnv("GITHUB_TOKEN") } });
 * ```
 */
export function fromEnv(name: string): EnvSource {
  assertVariable(name, fromEnv);
  return { fromEnv: name };
}

/**
 * Names a file.
 *
 * @param path - relative to the program's folder
 * @throws if this is not a path, or an option is unknown
 *
 * @example
 * ```ts
 * import { Secret, fromFile } from "pulumi-keycard";
 *
 * new Secret("deploy-key", {
 *   entityId: "ent_1",
 *   data: { type: "token", token: fromFile("../keys/deploy.pem", { trim: false }) },
 * });
 * ```
 */
export function fromFile(path: string, options: TrimOption = {}): FileSource {
  assertPath(path, fromFile);
  assertOptions("fromFile", options, fromFile);
  return { fromFile: path, ...trimOf(options) };
}

/**
 * Names a command whose stdout is the value. It runs in the program's folder, in previews too, once for all secrets
 * that name it. It gets the environment of Pulumi without the credentials of Pulumi and Keycard (see `passEnv`). Its
 * arguments are stored in the state as part of `data`, encrypted, and no message shows them.
 *
 * @param command - the program and its arguments. No shell is involved, so nothing needs quotes
 * @throws if this is not a list of strings, or an option is unknown
 *
 * @example
 * ```ts
 * import { Secret, fromCommand } from "pulumi-keycard";
 *
 * new Secret("database", {
 *   entityId: "ent_1",
 *   data: { type: "password", username: "app", password: fromCommand(["op", "read", "op://infra/database/password"]) },
 * });
 * ```
 */
export function fromCommand(command: readonly string[], options: CommandOptions = {}): CommandSource {
  assertCommand(command, fromCommand);
  assertOptions("fromCommand", options, fromCommand);
  const { timeoutSeconds, passEnv = [] } = options;
  return {
    fromCommand: [...command],
    ...trimOf(options),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(passEnv.length > 0 && { passEnv: [...passEnv] }),
  };
}

/** Leaves out the default, so that writing it is no change. */
const trimOf = ({ trim }: TrimOption) => (trim === false ? { trim } : {});
