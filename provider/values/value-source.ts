import { assertCommand, assertOptions, assertPath, assertVariable } from "./source-mistakes";

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
