import { sameJson } from "../json";
import { valueIn, withoutValue, withValue } from "./data-value";
import { anyRecipe, fingerprintOf } from "./fingerprint";
import { isGenerated, isInitial, type KeptGenerated } from "./kept-value";
import type { DeclaredData, SecretData } from "./secret-data";

/** An existing secret, with its value if it was read. */
interface Existing {
  type: SecretData["type"];
  updatedAt: string;
  data?: SecretData;
}

/**
 * The form in the state of a value that an adopted secret keeps: one that is declared as generated or as an initial value.
 *
 * @returns undefined if the declared value must be compared and sent
 */
export async function adoptedForm(
  existing: Existing,
  declared: DeclaredData,
): Promise<DeclaredData | undefined> {
  const [field, value] = valueIn(declared);
  if (existing.type !== declared.type) return undefined;
  if (isInitial(value)) return declared;
  if (!isGenerated(value)) return undefined;
  const { data, updatedAt } = existing;
  if (data && !sameJson(withoutValue(data), withoutValue(declared))) return undefined;
  const kept: KeptGenerated = {
    generated: value.generated,
    // The value was last changed at this time or earlier.
    since: updatedAt,
    ...(data && { fingerprint: await fingerprintOf(valueIn(data)[1] as string, anyRecipe()) }),
  };
  return withValue(declared, field, kept) as DeclaredData;
}
