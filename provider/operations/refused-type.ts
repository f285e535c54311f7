import { failureOf, keycardError, type Secret } from "../keycard";

type Type = Secret["type"];

const REFUSED_CONTENT = [400, 409, 422];

/**
 * Explains what to do if Keycard may have refused to change the type of a secret. It is not documented whether that is
 * possible.
 *
 * @param instead - what to do if it is not possible
 * @returns the error to throw. It is the given one if that is about something else
 */
export function explainRefusedType(error: unknown, held: Type, declared: Type, instead: string): unknown {
  const failure = failureOf(error);
  if (held === declared || !failure || !REFUSED_CONTENT.includes(failure.status ?? 0)) return error;
  const remedy = `Fix the argument that Keycard's message names. If it does not change the type of a secret, ${instead}`;
  return keycardError({ ...failure, remedy });
}
