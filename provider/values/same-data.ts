import { sameJson } from "../json";
import { valueIn, withoutValue, withValue } from "./data-value";
import { isDue, isGenerated, isInitial, isStale, sameGeneration } from "./kept-value";

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
