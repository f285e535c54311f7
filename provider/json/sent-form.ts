import { hasMember, isObject, presentKeys, sameJson, type JsonObject } from "./same-json";

/** A shorter text is not taken for the beginning of another that a service has cut off. */
const SHORTEST_CUT = 32;

/**
 * What was sent, as far as a service still keeps it: keys that the service added are left out, and what it keeps in a form of
 * its own is in the form that was sent. Whatever has changed since is as it is now.
 *
 * @param now - what the service keeps now
 * @param kept - what the service made of `sent`
 * @param sent - what was sent
 * @param addsKeys - true if every key that is new since `kept` is the service's own, as in the answer to a change of ours
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
 * True if a service may have made one value of another by itself: trimmed, folded or cut a text, made a text of a number,
 * dropped what is empty, or added keys of its own.
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
      return key === undefined ? isEmpty(sent[name]) : mayBeFormOf(kept[key], sent[name]);
    });
  }
  return isScalar(kept) && isScalar(sent) && mayBeTextOf(String(kept), String(sent));
}

/**
 * The names under which the keys that a service keeps were sent: the same, or one that differs in letter case and the like
 * alone. Keys that nobody has sent are not in it.
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

/** What is left of a text by every normalisation that a service may do. */
function foldedText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{C}]+/gu, "");
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "string") return foldedText(value) === "";
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || (isObject(value) && presentKeys(value).length === 0);
}
