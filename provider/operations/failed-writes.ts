import { failureOf, type Patched } from "../keycard";
import { unconfirmedId } from "../plan/unconfirmed-creates";
import type { SecretInputs, SecretState } from "../secret-inputs";

type Inputs = SecretInputs & { __provider?: string };

/** Has the engine record a failed creation where Keycard may hold the secret nevertheless. */
export function creationFailed(error: unknown, inputs: Inputs): unknown {
  const failure = failureOf(error);
  return failure?.outcome === "unknown"
    ? recordInState(error as Error, unconfirmedId(failure.since), inputs)
    : error;
}

/** Has the engine record what Keycard holds after an update that was done in part, or perhaps. */
export function updateFailed(error: Error, id: string, held: SecretState, { __provider }: Inputs): Error {
  return recordInState(error, id, { ...held, ...(__provider !== undefined && { __provider }) });
}

/** The arguments with what Keycard would not clear, so that the next update tries to clear it again. */
export function withKept<T extends Pick<SecretInputs, "description" | "metadata">>(
  args: T,
  { kept, secret }: Patched,
): T {
  const members = Object.entries(secret.metadata ?? {}).filter(([key]) => kept.includes(`metadata.${key}`));
  return {
    ...args,
    ...(kept.includes("description") && { description: secret.description }),
    ...(members.length > 0 && { metadata: { ...args.metadata, ...Object.fromEntries(members) } }),
  };
}

/** Says what Keycard would not clear, and has the engine record what it holds. */
export function clearingFailed(
  { kept, cause }: Patched,
  id: string,
  held: SecretState,
  inputs: Inputs,
): Error {
  const reason =
    `Keycard updated the secret ${id} but kept ${kept.join(", ")}, which was to be cleared. ` +
    (cause ?? "Clear it in Keycard's console, or declare what it holds.");
  return updateFailed(new Error(reason), id, held, inputs);
}

/** The form in which the SDK takes an error that leaves something behind. */
function recordInState(error: Error, id: string, properties: object): Error {
  return Object.assign(error, { id, properties: { ...properties }, reasons: [error.message] });
}
