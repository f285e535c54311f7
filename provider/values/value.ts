import type { UnreadValue } from "./source";
import { isObject, sameJson } from "../json";
import type { KnownOptions } from "./generated";

/** The value in `data`, and the field that has it, which is named like the type. */
export function valueIn(data: unknown): [field: string, value: unknown] {
  if (typeof data !== "object" || data === null) return ["", undefined];
  const { type } = data as { type?: unknown };
  const field = type === "token" || type === "password" ? type : "";
  return [field, (data as Record<string, unknown>)[field]];
}

/** The same with another value. */
export function withValue(data: unknown, field: string, value: unknown): object {
  return { ...(data as object), [field]: value };
}

/** `data` without the value. */
export function withoutValue(data: unknown): object {
  const [field] = valueIn(data);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([name]) => name !== field));
}

/** True for a value that may have changed in Keycard and was not read. */
export function isUnread(value: unknown): value is UnreadValue {
  return typeof value === "object" && value !== null && "unreadVersion" in value;
}

/** A generated value as the state has it. */
export interface KeptGenerated extends Partial<UnreadValue> {
  /** The options with which the value was or will be generated. */
  generated: KnownOptions;
  /**
   * The time since which the value is valid, by RFC 3339. Without it, the fingerprint is that of a value that somebody else
   * has set.
   */
  since?: string;
  /** Salted and slow, as in `scrypt:2048:8:1$…$…`; absent if the value was never known. */
  fingerprint?: string;
}

/** The mark of a value that was given, and that the state does not have. */
export interface GivenMark {
  /** The key by which the provider finds the value when it sends it, in the same run. It reveals nothing about the value. */
  given: string;
}

/** An initial value as the state has it: only that it was set. */
export interface GivenInitial {
  /** That a value was given. */
  initialValue: GivenMark;
  /** The fingerprint of an unconfirmed create, to find its secret. */
  fingerprint?: string;
}

/** True for a generated value, as `generated` declares it and as the state has it. */
export function isGenerated(value: unknown): value is KeptGenerated {
  return isObject(value) && Object.hasOwn(value, "generated");
}

/** True for an initial value, as `initialValue` declares it and as the state has it. */
export function isInitial(value: unknown): value is GivenInitial {
  return isObject(value) && Object.hasOwn(value, "initialValue");
}

/** True for a generated value that must be replaced because Keycard has, or may have, another one. */
export function isStale({ since, fingerprint, unreadVersion }: KeptGenerated): boolean {
  return unreadVersion !== undefined || (fingerprint !== undefined && since === undefined);
}

const DAY_MS = 86_400_000;

/** True for a value that is older than `rotateAfterDays`. */
export function isDue(since: string | undefined, { rotateAfterDays }: KnownOptions): boolean {
  if (since === undefined || rotateAfterDays === undefined) return false;
  return Date.now() - Date.parse(since) > rotateAfterDays * DAY_MS;
}

/** True if both options generate equivalent values. */
export function sameGeneration(one: KnownOptions, other: KnownOptions): boolean {
  return sameJson({ ...one, rotateAfterDays: null }, { ...other, rotateAfterDays: null });
}

/** True if the declared `data` does not change the one in the state, apart from the age of a generated value. */
export function sameData(olds: unknown, news: unknown): boolean {
  const [old, now] = [valueIn(olds)[1], valueIn(news)[1]];
  if (isInitial(now)) return isInitial(old) && typeOf(olds) === typeOf(news);
  if (!isGenerated(now) || !isGenerated(old)) return sameJson(olds, news);
  return keepsGenerated(olds, news) && sameJson(old.generated, now.generated);
}

/** True if the declaration keeps the generated value in the state. */
export function keepsGenerated(olds: unknown, news: unknown): boolean {
  const [old, now] = [valueIn(olds)[1], valueIn(news)[1]];
  if (!isGenerated(old) || !isGenerated(now)) return false;
  const isSince = now.since === undefined || old.since === undefined || now.since === old.since;
  return (
    isSince &&
    isStale(old) === isStale(now) &&
    sameGeneration(old.generated, now.generated) &&
    sameJson(withoutValue(olds), withoutValue(news))
  );
}

/**
 * True if a generated value is too old. If `check` knows that, it has already set another time.
 */
export function isRotationDue(olds: unknown, news: unknown): boolean {
  const [old, now] = [valueIn(olds)[1], valueIn(news)[1]];
  if (!isGenerated(old) || !isGenerated(now)) return false;
  return now.since === undefined && isDue(old.since, now.generated);
}

/**
 * Converts two `data` to forms whose differences have the paths of the declaration. If the declarations are the same, the
 * whole value differs.
 */
export function comparable(olds: unknown, news: unknown): [olds: unknown, news: unknown] {
  const [field, now] = valueIn(news);
  if (!isGenerated(now)) return [olds, news];
  const [old, wanted] = [declarationOf(olds), declarationOf(news)];
  return [sameJson(old, wanted) ? withValue(old, field, "") : old, wanted];
}

/** `data` without the keys that the state adds to its value. */
export function declarationOf(data: unknown): unknown {
  const [field, value] = valueIn(data);
  if (isGenerated(value)) return withValue(data, field, { generated: value.generated });
  return isInitial(value) ? withValue(data, field, { initialValue: value.initialValue }) : data;
}

/**
 * True if what is declared replaces the value that the state has, or if only `pulumi up` can tell.
 *
 * @param isDue - whether a generated value is too old
 */
export function mayReplaceValue(olds: unknown, news: unknown, isDue: boolean): boolean {
  const [, now] = valueIn(news);
  if (isInitial(now)) return typeOf(olds) !== typeOf(news);
  return isGenerated(now) ? isDue || !keepsGenerated(olds, news) : !sameJson(olds, news);
}

/** True for `data` with an initial value. */
export function hasInitialValue(data: unknown): boolean {
  return isInitial(valueIn(data)[1]);
}

/** True for `data` with a generated value. */
export function hasGeneratedValue(data: unknown): boolean {
  return isGenerated(valueIn(data)[1]);
}

const typeOf = (data: unknown) => (data as { type?: unknown } | undefined)?.type;
