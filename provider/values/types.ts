import type { GivenInitial, KeptGenerated } from "./value";
import type { UnreadValue, WatchedSource } from "./source";

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
