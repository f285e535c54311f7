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

/** A JSON object, kept by Keycard as it is and not encrypted. */
export type Metadata = Record<string, unknown>;

/** The arguments of a secret, resolved, in the form that `check` returns and the state stores. */
export interface SecretInputs {
  zoneId: string;
  entityId: string;
  name: string;
  description?: string;
  metadata?: Metadata;
  data: SecretData;
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
