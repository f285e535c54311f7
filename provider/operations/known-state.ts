import { sameJson } from "../json";
import type { Secret } from "../keycard";
import type { SecretState } from "../secret-inputs";

/**
 * The keys of a state that a read would keep as they are if nothing has changed, and the engine's own. Not
 * `__isUnfinished`: the engine's inputs are then outdated, and a state that is kept leaves them as they are.
 */
const KEPT = new Set<string>([
  ...["zoneId", "entityId", "name", "description", "metadata", "data", "maxAgeDays"],
  ...["type", "version", "createdAt", "updatedAt", "__asDeclared", "__valueChangedAt", "__provider"],
]);

/**
 * Returns whether a row of a listing shows exactly the state before. Most secrets of a refresh are so, and building an equal
 * state takes longer.
 *
 * @returns false if the state has to be built, which may still give an equal one
 */
export function showsState(row: Secret, known: Partial<SecretState>): known is SecretState {
  return (
    row.version === known.version &&
    row.updatedAt === known.updatedAt &&
    row.createdAt === known.createdAt &&
    row.entityId === known.entityId &&
    row.name === known.name &&
    row.type === known.type &&
    row.type === known.data?.type &&
    sameJson(row.description, known.description) &&
    sameJson(row.metadata, known.metadata) &&
    Object.keys(known).every((key) => KEPT.has(key))
  );
}
