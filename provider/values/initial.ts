import { createHash } from "node:crypto";
import type { Input } from "@pulumi/pulumi";
import { isObject, sameJson } from "../json";
import { isOutput, isPromise, kindOf, mistake } from "../mistake";
import { holdsUnknown, nameIn } from "../pulumi-values";
import { anyRecipe, fingerprintOf } from "./fingerprint";
import { isSource, problemsOfSource, Source } from "./source";
import type { DeclaredData, GivenInitial, SecretData, ValueSource } from "./types";
import {
  problemOfSeveral,
  Value,
  withGiven,
  type CheckContext,
  type CheckedValue,
  type SendTools,
  type ValueChange,
  type ValueToSend,
} from "./value";

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
 *   entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
 *   data: { type: "token", token: initialValue("set me in the console") },
 * });
 * ```
 */
export function initialValue(value: Input<string | ValueSource>): InitialValue {
  const isLater = isOutput(value) || isPromise(value);
  const isText = typeof value === "string" && value !== "";
  if (!isLater && !isText && !isSource(value)) {
    const hint =
      value === undefined ? " If it comes from `process.env`, the variable is not set: use fromEnv." : "";
    throw mistake(
      `initialValue: the value must be a string, or one of fromEnv, fromFile and fromCommand, not ${kindOf(value)}.${hint}`,
      initialValue,
    );
  }
  return { initialValue: value };
}

/** A token or password that belongs to others once it was sent. The state has only that it was given. */
export class Initial extends Value {
  static readonly examples = ['initialValue("value")'];

  static readonly keys = ["initialValue"];

  override readonly isNeverRead = true;

  private get initialValue(): unknown {
    return (this.given as { initialValue: unknown }).initialValue;
  }

  /** Removes the value, and keeps it for the call that sends it. */
  override check(held: Value, context: CheckContext): Promise<CheckedValue> {
    const { data, path, initialValue: given } = this;
    if (isObject(given) && Object.hasOwn(given, "given")) {
      const problem = `\`${path}\` is the initial value of another secret, which is stored nowhere: write initialValue("value")`;
      return Promise.resolve({ data, problems: sameJson(data, held.data) ? [] : [problem] });
    }
    const key = keyOf(context.urn);
    const kept = { data: this.with({ initialValue: { given: key } }) };
    if (holdsUnknown(given)) return Promise.resolve(kept);
    const problems = this.problems();
    if (problems.length > 0) return Promise.resolve({ ...kept, problems });
    context.initialValues.set(key, given as string | ValueSource);
    if (typeof given !== "string") return Promise.resolve(kept);
    const problem = context.reader.problemOf(given, `${path}.initialValue`, nameIn(context.urn));
    if (problem !== undefined) return Promise.resolve({ ...kept, problems: [problem] });
    context.reader.hide(given);
    return Promise.resolve({ ...kept, text: given });
  }

  override async toSend({ reader, initialValues }: SendTools): Promise<ValueToSend> {
    const { initialValue } = this.given as GivenInitial;
    const first = initialValues.get(initialValue.given);
    if (first === undefined) {
      throw new Error(
        "The initial value of the secret must be sent, but the program does not have it: " +
          "remove `data` from the option `ignoreChanges`, or write initialValue with the value.",
      );
    }
    const text = typeof first === "string" ? first : await reader.read(first);
    const fingerprint = await fingerprintOf(text, anyRecipe());
    return {
      data: this.with(text) as SecretData,
      kept: this.with({ initialValue }),
      unconfirmed: this.with({ initialValue, fingerprint }),
    };
  }

  /** An import never sends the value. */
  override forImport(): unknown {
    return this.with({ initialValue: "" });
  }

  /** Whatever the value became is no change. */
  override changeFrom(held: Value): ValueChange {
    if (held.type !== this.type) return "value";
    return held instanceof Initial ? "none" : "state";
  }

  override get declaration(): DeclaredData {
    return this.with({ initialValue: this.initialValue });
  }

  override confirms(sent: SecretData): Promise<boolean> {
    return Promise.resolve(this.type === sent.type);
  }

  override keptOnAdoption({ type }: { type: SecretData["type"] }): Promise<DeclaredData | undefined> {
    return Promise.resolve(type === this.type ? this.data : undefined);
  }

  override keptAfterRead(found: SecretData): Promise<DeclaredData> {
    return Promise.resolve(withGiven(found, { initialValue: this.initialValue }));
  }

  override keptAfterListing({ type }: { type: SecretData["type"] }): DeclaredData {
    return this.ofType(type, { initialValue: this.initialValue });
  }

  private problems(): string[] {
    const { path, initialValue: given } = this;
    // The name of the key may be a value that was written into the wrong place.
    const others = Object.keys(this.given as object).some((name) => name !== "initialValue")
      ? [`\`${path}\` has other keys than \`initialValue\`: remove them`]
      : [];
    if (typeof given === "string" && given !== "") return others;
    if (given === "") {
      const remedy = 'set it to the value, or to a reference such as fromEnv("NAME")';
      return [...others, `\`${path}.initialValue\` is empty: ${remedy}`];
    }
    if (isSource(given)) return [...others, ...problemsOfSource(given, `${path}.initialValue`)];
    const several = problemOfSeveral(given, Source.keys, `${path}.initialValue`);
    if (several !== undefined) return [several];
    return [
      ...others,
      `\`${path}.initialValue\` must be a string, or one of fromEnv, fromFile and fromCommand`,
    ];
  }
}

/** The key of a resource's value, which reveals nothing about it: the same in each run. */
function keyOf(resource: string): string {
  return createHash("sha256").update(`pulumi-keycard initial ${resource}`).digest("base64url").slice(0, 22);
}
