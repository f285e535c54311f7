import type { Input } from "@pulumi/pulumi";
import { isOutput, isPromise, kindOf, mistake } from "../mistake";
import type { ValueSource } from "./value-source";
import { mayBeSource } from "./value-source-schema";

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
