import { createHash } from "node:crypto";
import type { Input } from "@pulumi/pulumi";
import { isOutput, isPromise, kindOf, mistake } from "../mistake";
import type { ValueSource } from "./source";
import { mayBeSource } from "./source-schema";

/** A value that is sent when the secret is created, and is edited in Keycard after that. */
export interface InitialValue {
  /** The value, or its source. The state has neither. */
  initialValue: Input<string | ValueSource>;
}

/**
 * Sets the first value of a secret. It is sent when the secret is created and when its type changes, and never again. After
 * that, the value is edited in Keycard: it is never read or compared. The state records only that it was set. The user name
 * of a password is part of the value, so a change of it is not sent either.
 *
 * @param value - the value, or one of `fromEnv`, `fromFile` and `fromCommand`, which is read only to be sent
 * @throws if this is neither
 *
 * @example
 * ```ts
 * import { initialValue, Secret } from "pulumi-keycard";
 *
 * new Secret("partner", {
 *   entityId: "ent_1",
 *   data: { type: "token", token: initialValue("set me in the console") },
 * });
 * ```
 */
export function initialValue(value: Input<string | ValueSource>): InitialValue {
  const isLater = isOutput(value) || isPromise(value);
  const isText = typeof value === "string" && value !== "";
  if (!isLater && !isText && !mayBeSource(value)) {
    const hint =
      value === undefined ? " If it comes from `process.env`, the variable is not set: use fromEnv." : "";
    throw mistake(
      `initialValue: the value must be a string, or one of fromEnv, fromFile and fromCommand, not ${kindOf(value)}.${hint}`,
      initialValue,
    );
  }
  return { initialValue: value };
}

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
