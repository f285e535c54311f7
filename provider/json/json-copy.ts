/**
 * Copies a value as plain JSON, which is all that the engine accepts. The copy shares nothing with the original, and has no
 * keys with the value `undefined`.
 */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
