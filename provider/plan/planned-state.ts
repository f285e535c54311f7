import type { SecretInputs, SecretState } from "../secret-inputs";
import { UNKNOWN_VALUE } from "../protocol/unknown-value";

/** A state that a preview cannot know in full: what Keycard computes is unknown. */
export type PlannedState = SecretInputs & Record<"type" | "version" | "createdAt" | "updatedAt", unknown>;

/**
 * What a preview can tell of the state after a create or an update.
 *
 * @param olds - the state before an update
 */
export function plannedState(news: SecretInputs, olds?: SecretState): PlannedState {
  // All of `data` may be one unknown value.
  const { type = UNKNOWN_VALUE } = news.data as { type?: string };
  return {
    ...news,
    type,
    version: UNKNOWN_VALUE,
    createdAt: olds?.createdAt ?? UNKNOWN_VALUE,
    updatedAt: UNKNOWN_VALUE,
  };
}
