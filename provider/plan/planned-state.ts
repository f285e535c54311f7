import type { SecretInputs, SecretState } from "../secret-inputs";
import { UNKNOWN_VALUE } from "../pulumi-values";

/** The state as a preview knows it: what Keycard computes is unknown. */
export type PlannedState = SecretInputs & Record<"type" | "version" | "createdAt" | "updatedAt", unknown>;

/**
 * Returns what a preview knows about the state after a create or an update.
 *
 * @param olds - the state before an update
 */
export function plannedState(news: SecretInputs, olds?: SecretState): PlannedState {
  // The whole of `data` may be unknown.
  const { type = UNKNOWN_VALUE } = news.data as { type?: string };
  return {
    ...news,
    type,
    version: UNKNOWN_VALUE,
    createdAt: olds?.createdAt ?? UNKNOWN_VALUE,
    updatedAt: UNKNOWN_VALUE,
  };
}
