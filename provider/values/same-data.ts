import { sameJson } from "../json/same-json";
import { valueIn, withoutValue, withValue } from "./data-value";
import { isDue, isGenerated, isInitial, isStale, sameGeneration } from "./kept-value";

/** True if `data`, as it is declared, leaves what the state has as it is; the age of a generated value counts apart. */
export function sameData(olds: unknown, news: unknown): boolean {
  const [old, now] = [valueIn(olds)[1], valueIn(news)[1]];
  if (isInitial(now)) return isInitial(old) && typeOf(olds) === typeOf(news);
  if (!isGenerated(now) || !isGenerated(old)) return sameJson(olds, news);
  return keepsGenerated(olds, news) && sameJson(old.generated, now.generated);
}

/** True if what is declared keeps a generated value that the state has. */
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
 * True if a generated value is older than it may be. If `check` could tell, it has given the new value another time already.
 */
export function isRotationDue(olds: unknown, news: unknown): boolean {
  const [old, now] = [valueIn(olds)[1], valueIn(news)[1]];
  if (!isGenerated(old) || !isGenerated(now)) return false;
  return now.since === undefined && isDue(old.since, now.generated);
}

/**
 * Two `data` in forms in which the paths of what differs are those of what is declared. If all that is declared is the same, the
 * value as a whole differs.
 */
export function comparable(olds: unknown, news: unknown): [olds: unknown, news: unknown] {
  const [field, now] = valueIn(news);
  if (!isGenerated(now)) return [olds, news];
  const [old, wanted] = [declarationOf(olds), declarationOf(news)];
  return [sameJson(old, wanted) ? withValue(old, field, "") : old, wanted];
}

/** `data` without what the state adds to a value that only its declaration tells. */
export function declarationOf(data: unknown): unknown {
  const [field, value] = valueIn(data);
  if (isGenerated(value)) return withValue(data, field, { generated: value.generated });
  return isInitial(value) ? withValue(data, field, { initialValue: value.initialValue }) : data;
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
