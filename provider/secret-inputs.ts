import type { DeclaredData, SecretData } from "./values/secret-data";

/** A JSON object beside the value, which Keycard does not encrypt. A member that is `null` is absent. */
export type Metadata = Record<string, unknown>;

/** The arguments of a secret, resolved, in the form that `check` returns and the state stores. */
export interface SecretInputs {
  zoneId: string;
  entityId: string;
  name: string;
  description?: string;
  metadata?: Metadata;
  data: DeclaredData;
  maxAgeDays?: number;
  adoptId?: string;
}

/** What the state holds of a secret: what Keycard keeps of its arguments, and what it computed. */
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
  /**
   * The arguments as they are declared, as far as Keycard keeps them in a form of its own; marked as a secret, as metadata
   * may be one. `sentMetadata` is what was sent last, if somebody else has added keys since.
   */
  __asDeclared?: { name?: string; description?: string; metadata?: Metadata; sentMetadata?: Metadata };
  /** The version at which the value was read or written last, if `version` has risen since. */
  __valueVersion?: number;
  /** When the value last became another, as far as it is known, by Keycard's clock, if `updatedAt` has risen since. */
  __valueChangedAt?: string;
}
