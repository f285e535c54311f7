import type { WatchedSource } from "./value-source";

/** The value of a secret that is one opaque string, such as an API key. */
export interface TokenData {
  type: "token";
  token: string;
}

/** The value of a secret that is an account: a user's name with its password. */
export interface PasswordData {
  type: "password";
  username: string;
  password: string;
}

/** The value of a secret, resolved. Keycard encrypts it; the state holds it as a Pulumi secret. */
export type SecretData = TokenData | PasswordData;

/** The value of a secret as the state has it: where it was declared by reference, its source and its fingerprint. */
export type DeclaredData =
  | (Omit<TokenData, "token"> & { token: string | WatchedSource })
  | (Omit<PasswordData, "password"> & { password: string | WatchedSource });

/** A JSON object, kept by Keycard as it is and not encrypted. */
export type Metadata = Record<string, unknown>;

/** The arguments of a secret, resolved, in the form that `check` returns and the state stores. */
export interface SecretInputs {
  zoneId: string;
  entityId: string;
  name: string;
  description?: string;
  metadata?: Metadata;
  data: DeclaredData;
  adoptId?: string;
}

/** What the state holds of a secret: its arguments, and what Keycard computed. */
export interface SecretState extends SecretInputs {
  type: SecretData["type"];
  /** Counts Keycard's changes of the secret, from 1. */
  version: number;
  /** RFC 3339, by Keycard's clock. */
  createdAt: string;
  /** RFC 3339, by Keycard's clock. */
  updatedAt: string;
}
