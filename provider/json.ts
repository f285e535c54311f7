/**
 * Copies a value as plain JSON, which is all that the engine accepts. The copy shares nothing with the original, and has no
 * keys with the value `undefined`.
 */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/**
 * True if two values mean the same as JSON: the order of keys does not matter, `-0` equals `0`, and keys with the value
 * `undefined` or `null` are absent. In an array, `null` is a value.
 */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other || (isAbsent(one) && isAbsent(other))) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((element, index) => sameJson(element, other[index]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const [keys, others] = [presentKeys(one), presentKeys(other)];
  return (
    keys.length === others.length &&
    keys.every((key) => hasMember(other, key) && sameJson(one[key], other[key]))
  );
}

/**
 * Removes keys whose value is `null` or `undefined`, at any depth of objects. Arrays stay as they are, because services do
 * not merge them.
 */
export function withoutNulls<T>(value: T): T {
  if (!isObject(value) || !holdsNull(value)) return value;
  return Object.fromEntries(presentKeys(value).map((key) => [key, withoutNulls(value[key])])) as T;
}

/** True for an object that is neither `null` nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True if an object has a key of its own that is not absent. Objects also inherit keys, such as `toString`. */
export function hasMember(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && !isAbsent(object[key]);
}

/** The keys that are not absent. */
export function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => !isAbsent(object[key]));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function holdsNull(value: JsonObject): boolean {
  return Object.values(value).some((child) => isAbsent(child) || (isObject(child) && holdsNull(child)));
}
