import type { GivenInitial, KeptGenerated } from "./kept-value";
import type { UnreadValue, WatchedSource } from "./value-source";

/** The value of a secret that is one opaque string, such as an API key. */
export interface TokenData {
  /** Says that the value is one string. */
  type: "token";
  /** The string itself. */
  token: string;
}

/** The value of a secret that is an account: a user's name with its password. */
export interface PasswordData {
  /** Says that the value is an account. */
  type: "password";
  /** The account's name, which Keycard keeps encrypted with the password. */
  username: string;
  /** The account's password. */
  password: string;
}

/** The value of a secret, resolved. Keycard encrypts it; the state holds it as a Pulumi secret. */
export type SecretData = TokenData | PasswordData;

/**
 * The value of a secret as the state has it: by reference, its source and its fingerprint; generated, its options and its
 * fingerprint; an initial value, that it was given.
 */
export type DeclaredData = DeclaredTokenData | DeclaredPasswordData;

/** A token or password as the state has it: the string itself, or what stands for it. */
export type KeptValue = string | WatchedSource | KeptGenerated | GivenInitial | UnreadValue;

/** A token as the state has it. */
export interface DeclaredTokenData extends Omit<TokenData, "token"> {
  /** The string itself, or what the state has in its place. */
  token: KeptValue;
}

/** An account as the state has it. */
export interface DeclaredPasswordData extends Omit<PasswordData, "password"> {
  /** The account's password, or what the state has in its place. */
  password: KeptValue;
}
