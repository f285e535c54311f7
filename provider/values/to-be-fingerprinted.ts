import { blankFingerprint, recipeFor } from "./fingerprint";
import type { DeclaredData } from "./secret-data";

/**
 * The data of a resource whose value was never compared: a value by reference has a fingerprint of nothing, which only says
 * how the first true one is made.
 *
 * @param data - as it is declared
 * @param urn - of the resource
 * @returns undefined if the value is not declared by reference
 */
export function toBeFingerprinted(data: unknown, urn: string): DeclaredData | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const fingerprint = blankFingerprint(recipeFor(urn));
  const entries = Object.entries(data).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "object" ? { ...value, fingerprint } : value,
  ]);
  return Object.fromEntries(entries) as DeclaredData;
}
