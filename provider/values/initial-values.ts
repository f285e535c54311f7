import { createHash } from "node:crypto";
import type { ValueSource } from "./value-source";

/**
 * The initial values of a run, from the `check` of a secret to its creation. The result of `check` is stored in the state, so
 * it must not contain them.
 */
export class InitialValues {
  private readonly values = new Map<string, string | ValueSource>();

  /** Remembers a value under a key that is unique in the run. */
  remember(key: string, value: string | ValueSource): void {
    this.values.set(key, value);
  }

  /** The value, or its source; undefined if the program has none. */
  find(key: string): string | ValueSource | undefined {
    return this.values.get(key);
  }
}

/** The key of a resource's value: the same in each run. */
export function keyOfInitial(resource: string): string {
  return createHash("sha256").update(`pulumi-keycard initial ${resource}`).digest("base64url").slice(0, 22);
}
