import { changedArguments } from "./secret-changes";
import type { SecretInputs } from "../secret-inputs";

type StableArguments = Partial<Record<keyof SecretInputs, unknown>>;

/**
 * Removes `adoptId` from the inputs of an existing secret if it would be listed as one of several changes. A refresh removes
 * it from the state, because `read` cannot know whether the program still has it. An `up` without changes restores it.
 */
export function withStableAdoptId(inputs: StableArguments, olds: Partial<SecretInputs>): StableArguments {
  const isNew = Object.keys(olds).length === 0;
  if (isNew || olds.adoptId !== undefined || !hasChanges(olds, inputs)) return inputs;
  const stable = { ...inputs };
  delete stable.adoptId;
  return stable;
}

function hasChanges(olds: StableArguments, news: StableArguments): boolean {
  return (["replace", "patch", "state"] as const).some(
    (cost) => changedArguments(olds, news, cost).length > 0,
  );
}
