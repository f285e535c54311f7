import { failureOf, keycardError } from "./keycard";
import { openId } from "./open-creations";
import type { SecretInputs, SecretState } from "./secret-inputs";

type Inputs = SecretInputs & { __provider?: string };

/** Says of a failed creation what to do, and has the engine record it where Keycard may hold the secret nevertheless. */
export function creationFailed(error: unknown, inputs: Inputs): unknown {
  const failure = failureOf(error);
  if (failure?.status === 409) {
    const remedy =
      "Keycard already holds a secret in its place: to take that over, set the argument `adoptId` to its id; " +
      "to have another, change the name.";
    return keycardError({ ...failure, remedy });
  }
  if (failure?.outcome !== "unknown") return error;
  return recorded(error as Error, openId(failure.since), inputs);
}

/** Has the engine record what Keycard holds after an update that was done in part, or perhaps. */
export function updateFailed(error: Error, id: string, held: SecretState, { __provider }: Inputs): Error {
  return recorded(error, id, { ...held, ...(__provider !== undefined && { __provider }) });
}

/** The form in which the SDK takes an error that leaves something behind. */
function recorded(error: Error, id: string, properties: object): Error {
  return Object.assign(error, { id, properties: { ...properties }, reasons: [error.message] });
}
