import { failureOf, keycardError, type Secret } from "../keycard";

type Type = Secret["type"];

const REFUSED_CONTENT = [400, 409, 422];

/**
 * Says what to do where Keycard may have refused to change the type of a secret; whether it changes types is not
 * documented.
 *
 * @param instead - what to do where it does not
 * @returns the error to throw; the one given, where it is about something else
 */
export function explainRefusedType(error: unknown, held: Type, declared: Type, instead: string): unknown {
  const failure = failureOf(error);
  if (held === declared || !failure || !REFUSED_CONTENT.includes(failure.status ?? 0)) return error;
  const remedy = `Correct the argument that Keycard names. Where it does not change the type of a secret, ${instead}`;
  return keycardError({ ...failure, remedy });
}
