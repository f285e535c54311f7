/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/**
 * True if two values mean the same as JSON: the order of keys does not count, `-0` is `0`, `undefined` is no value, and a
 * member of an object whose value is `null` is absent. An element of an array is a value, `null` included.
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
 * The same value without the members that are absent, at any depth of objects. What is inside an array is kept as it is
 * written, as no service merges arrays.
 */
export function withoutNulls<T>(value: T): T {
  if (!isObject(value) || !holdsNull(value)) return value;
  return Object.fromEntries(presentKeys(value).map((key) => [key, withoutNulls(value[key])])) as T;
}

/** True for an object that is neither `null` nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True if an object itself has a member that is present; objects inherit keys such as `toString`. */
export function hasMember(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && !isAbsent(object[key]);
}

/** The keys of the members that are present. */
export function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => !isAbsent(object[key]));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function holdsNull(value: JsonObject): boolean {
  return Object.values(value).some((child) => isAbsent(child) || (isObject(child) && holdsNull(child)));
}
