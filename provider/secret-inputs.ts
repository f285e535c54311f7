import type { DeclaredData, SecretData } from "./values/secret-data";

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
  /** Set for a secret that the stack only reads, with `Secret.get`. Pulumi shows no key that begins like this. */
  __unmanaged?: true;
}
