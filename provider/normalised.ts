import { hasMember, isObject, presentKeys, sameJson, type JsonObject } from "./json";

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
