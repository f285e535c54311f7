import type { Input } from "@pulumi/pulumi";

/** The value of a secret that is a single string, such as an API key. */
export interface TokenData {
  /** The type for a single string. */
  type: "token";
  /** The string itself. */
  token: string;
}

/** The value of a secret that is an account: a user name and its password. */
export interface PasswordData {
  /** The type for an account. */
  type: "password";
  /** The user name, which Keycard encrypts together with the password. */
  username: string;
  /** The password. */
  password: string;
}

/** The resolved value of a secret. Keycard encrypts it, and the state stores it as a Pulumi secret. */
export type SecretData = TokenData | PasswordData;

/**
 * The value of a secret as the state has it. A value by reference: its source and fingerprint. A generated value: its
 * options and fingerprint. An initial value: only that it was set.
 */
export type DeclaredData = DeclaredTokenData | DeclaredPasswordData;

/** A token or password as the state has it: the string itself, or its replacement. */
export type KeptValue = string | WatchedSource | KeptGenerated | GivenInitial | UnreadValue;

/** A token as the state has it. */
export interface DeclaredTokenData extends Omit<TokenData, "token"> {
  /** The token itself, or its replacement in the state. */
  token: KeptValue;
}

/** An account as the state has it. */
export interface DeclaredPasswordData extends Omit<PasswordData, "password"> {
  /** The password itself, or its replacement in the state. */
  password: KeptValue;
}

/** A value in an environment variable of Pulumi. */
export interface EnvSource extends AcceptOption {
  /** The name of the variable. */
  fromEnv: string;
}

/** A value in a file, as UTF-8. */
export interface FileSource extends FileOptions {
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
    /** True if a read found another value in Keycard than the one that the state had. The fingerprint is then that value's. */
    foundOther?: boolean;
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

/** Which values are accepted. */
export interface AcceptOption {
  /**
   * Whether any value is accepted: also a word that tools print instead of a secret, such as `null`, and ciphertext.
   *
   * @defaultValue `false`
   */
  acceptAnyValue?: boolean;
}

/** How the value is found in a file or in what a command writes. */
export interface FileOptions extends TrimOption, AcceptOption {
  /**
   * The path of the value, if the whole is one JSON document, in Pulumi's syntax: `password`, `data.data.password`,
   * `items[0].value` or `["a.b"]`. The whole is read once for all secrets that name it, whatever their field. A number or
   * boolean is sent as it is written in the document. If unset, the whole is the value.
   */
  field?: string;
}

/** How a command is run. */
export interface CommandOptions extends FileOptions {
  /**
   * The time limit in seconds, after which the command is killed.
   *
   * @defaultValue `30`
   */
  timeoutSeconds?: number;
  /**
   * The variables with credentials of Pulumi or Keycard that the command gets: `PULUMI_ACCESS_TOKEN`,
   * `PULUMI_BACKEND_URL`, `PULUMI_CONFIG_PASSPHRASE`, `PULUMI_CONFIG_PASSPHRASE_FILE`, `KEYCARD_CLIENT_SECRET`,
   * `KEYCARD_ACCESS_TOKEN` and the names that Keycard's SDKs use for these. Commands always get all other variables.
   *
   * @defaultValue `[]`
   */
  passEnv?: readonly string[];
}

/**
 * A class of characters: `a` to `z`, `A` to `Z`, `0` to `9`, or symbols that usually need no quotes in a shell, a URL or a
 * connection string: `!+,-.=^_~`.
 */
export type CharacterClass = "lower" | "upper" | "digits" | "symbols";

/** How a value is generated, and when it is replaced. */
export interface GeneratedOptions {
  /** The number of characters, from 8 to 1024. A change generates a new value. */
  length: number;
  /**
   * The classes of characters. The value has at least one character of each. A change generates a new value.
   *
   * @defaultValue `["lower", "upper", "digits"]`
   */
  characters?: readonly CharacterClass[];
  /**
   * The number of days after which the next `pulumi up` generates a new value. The age is counted from the last known change
   * of the value, and is taken from the state. If unset, the value does not expire.
   */
  rotateAfterDays?: number;
  /** Any string, such as `2026-12`. A change generates a new value. It may be an output, such as the id of another resource. */
  rotation?: Input<string>;
}

/** The options of a generated value as the state has them: resolved and normalised. */
export interface KnownOptions extends GeneratedOptions {
  rotation?: string;
}

/** A generated value as the state has it. */
export interface KeptGenerated extends Partial<UnreadValue> {
  /** The options with which the value was or will be generated. */
  generated: KnownOptions;
  /**
   * The time since which the value is valid, by RFC 3339. Without it, the fingerprint is that of a value that somebody else
   * has set.
   */
  since?: string;
  /** Salted and slow, as in `scrypt:2048:8:1$…$…`; absent if the value was never known. */
  fingerprint?: string;
}

/** The mark of a value that was given, and that the state does not have. */
export interface GivenMark {
  /** The key by which the provider finds the value when it sends it, in the same run. It reveals nothing about the value. */
  given: string;
}

/** An initial value as the state has it: only that it was set. */
export interface GivenInitial {
  /** That a value was given. */
  initialValue: GivenMark;
  /** The fingerprint of an unconfirmed create, to find its secret. */
  fingerprint?: string;
}
