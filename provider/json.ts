/**
 * Copies a value as plain JSON, which is all that the engine accepts. The copy shares nothing with the original, and has no
 * keys with the value `undefined`.
 */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

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
function hasMember(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && !isAbsent(object[key]);
}

export function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => !isAbsent(object[key]));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function holdsNull(value: JsonObject): boolean {
  return Object.values(value).some((child) => isAbsent(child) || (isObject(child) && holdsNull(child)));
}

/** A shorter text is not treated as a text that the service has cut off. */
const SHORTEST_CUT = 32;

/**
 * Returns a value in the form in which it was sent: without keys that the service added, and without its normalisation.
 * What has changed since keeps its present form.
 *
 * @param now - what the service has now
 * @param kept - what the service stored when it received `sent`
 * @param sent - what was sent
 * @param addsKeys - true if the service itself added every key that is new since `kept`, as in the answer to our own change
 */
export function toSentForm(now: unknown, kept: unknown, sent: unknown, addsKeys = false): unknown {
  if (sameJson(now, kept)) return sent;
  if (!isObject(now) || !isObject(kept) || !isObject(sent)) return now;
  const names = pairKeys(kept, sent);
  const entries = presentKeys(now).flatMap((key): [string, unknown][] => {
    const name = names.get(key);
    if (name !== undefined) return [[name, toSentForm(now[key], kept[key], sent[name], addsKeys)]];
    const isOwn = hasMember(kept, key) || (addsKeys && !hasMember(sent, key));
    return isOwn ? [] : [[key, now[key]]];
  });
  const paired = new Set([...names.values()]);
  const dropped = presentKeys(sent).filter((key) => !paired.has(key) && !hasMember(now, key));
  return Object.fromEntries([...entries, ...dropped.map((key): [string, unknown] => [key, sent[key]])]);
}

/**
 * True if a service may have derived one value from another by itself: trimmed, folded or cut a text, turned a number into
 * a text, dropped empty values, or added keys.
 */
export function mayBeFormOf(kept: unknown, sent: unknown): boolean {
  if (sameJson(kept, sent) || (isEmpty(kept) && isEmpty(sent))) return true;
  if (Array.isArray(kept) && Array.isArray(sent)) {
    return kept.length === sent.length && kept.every((element, index) => mayBeFormOf(element, sent[index]));
  }
  if (isObject(kept) && isObject(sent)) {
    const names = pairKeys(kept, sent);
    const keys = new Map([...names].map(([key, name]) => [name, key]));
    return presentKeys(sent).every((name) => {
      const key = keys.get(name);
      return key === undefined ? becomesEmpty(sent[name]) : mayBeFormOf(kept[key], sent[name]);
    });
  }
  return isScalar(kept) && isScalar(sent) && mayBeTextOf(String(kept), String(sent));
}

/**
 * Maps each key that a service has to the name under which it was sent: the same name, or one that differs only in letter
 * case, white space or Unicode form. Keys that were not sent are left out.
 */
export function pairKeys(kept: JsonObject, sent: JsonObject): Map<string, string> {
  const names = new Map(presentKeys(kept).flatMap((key) => (hasMember(sent, key) ? [[key, key]] : [])));
  const unpaired = new Map(
    presentKeys(sent).flatMap((name) => (names.has(name) ? [] : [[foldedText(name), name]])),
  );
  for (const key of presentKeys(kept)) {
    const name = names.has(key) ? undefined : unpaired.get(foldedText(key));
    if (name === undefined) continue;
    names.set(key, name);
    unpaired.delete(foldedText(key));
  }
  return names;
}

function mayBeTextOf(kept: string, sent: string): boolean {
  const [now, before] = [foldedText(kept), foldedText(sent)];
  return now === before || (now.length >= SHORTEST_CUT && before.startsWith(now));
}

/** The text after every normalisation that a service may apply. */
function foldedText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{C}]+/gu, "");
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** True if nothing is left of a value from which a service drops the empty members. */
function becomesEmpty(value: unknown): boolean {
  return isEmpty(value) || (isObject(value) && mayBeFormOf({}, value));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return foldedText(value) === "";
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || (isObject(value) && presentKeys(value).length === 0);
}
