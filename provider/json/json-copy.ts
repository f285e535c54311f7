/**
 * Copies a value as plain JSON, which shares nothing with the original. Keys with the value `undefined` are absent. For
 * objects as small as a state, this takes less time than `structuredClone`.
 */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
