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

/** The value of a secret as the state has it: where it was declared by reference, its source and its fingerprint. */
export type DeclaredData = DeclaredTokenData | DeclaredPasswordData;

/** A token as the state has it. */
export interface DeclaredTokenData extends Omit<TokenData, "token"> {
  /** The string itself, or where it stands, or that it was not read. */
  token: string | WatchedSource | UnreadValue;
}

/** An account as the state has it. */
export interface DeclaredPasswordData extends Omit<PasswordData, "password"> {
  /** The account's password, or where it stands, or that it was not read. */
  password: string | WatchedSource | UnreadValue;
}
