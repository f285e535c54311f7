import { isOutput, isPromise, isRecord, kindOf, mistake } from "../mistake";
import { problemsOfGenerated, type GeneratedOptions } from "./generated-options";

/** A value that the provider generates when it sends it, and that only Keycard stores. */
export interface GeneratedValue {
  /** How the value is generated. */
  generated: GeneratedOptions;
}

/**
 * Makes the provider generate a value when it sends it. Only Keycard stores the value: the state has the options and a
 * fingerprint. `pulumi up` sends a new value if an option or another part of `data` has changed, if the value is older than
 * `rotateAfterDays`, or if a refresh shows that somebody has set another value in Keycard. An adopted secret keeps its value
 * until then.
 *
 * @throws if an option is unknown or wrong
 *
 * @example
 * ```ts
 * import { generated, Secret } from "pulumi-keycard";
 *
 * new Secret("database", {
 *   entityId: "ent_1",
 *   data: { type: "password", username: "app", password: generated({ length: 32, rotateAfterDays: 90 }) },
 * });
 * ```
 */
export function generated(options: GeneratedOptions): GeneratedValue {
  const example = "Write it as generated({ length: 32 }).";
  if (!isRecord(options)) {
    throw mistake(`generated: the options must be an object, not ${kindOf(options)}. ${example}`, generated);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const known = Object.fromEntries(given.filter(([, value]) => !isOutput(value) && !isPromise(value)));
  // Outputs are named separately, because their values are not known here.
  const [problem] = problemsOfGenerated(known, { later: given.map(([name]) => name) });
  if (problem !== undefined) throw mistake(`generated: ${problem}.`, generated);
  return { generated: Object.fromEntries(given) as unknown as GeneratedOptions };
}
