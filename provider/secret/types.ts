import type { DeclaredData, SecretData } from "../values/types";

/** A JSON object, which Keycard does not encrypt. A key with the value `null` is absent. */
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

/** The state of a secret: its arguments as Keycard stores them, and what Keycard computed. */
export interface SecretState extends SecretInputs {
  type: SecretData["type"];
  /** Counts from 1. Keycard increments it with each new value. Whether other changes increment it is not documented. */
  version: number;
  /** RFC 3339, by Keycard's clock. */
  createdAt: string;
  /** RFC 3339, by Keycard's clock. */
  updatedAt: string;
  /** Set for a secret that the stack only reads, with `Secret.get`. Pulumi does not show keys that begin with `__`. */
  __unmanaged?: true;
  /**
   * The declared form of the arguments that Keycard stores in another form. Marked as a secret, because metadata may be one.
   * `sentMetadata` is the metadata that was sent last, if somebody else has added keys since.
   */
  __asDeclared?: { name?: string; description?: string; metadata?: Metadata; sentMetadata?: Metadata };
  /** Set after an update that was, or may have been, done in part: the engine then keeps the inputs from before it. */
  __isUnfinished?: true;
  /** The version at which the value was last read or written, if `version` has increased since. */
  __valueVersion?: number;
  /** When the value last changed, by Keycard's clock, if that is known and `updatedAt` has increased since. */
  __valueChangedAt?: string;
}
