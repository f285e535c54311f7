import type { DeclaredData } from "../values/types";

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
