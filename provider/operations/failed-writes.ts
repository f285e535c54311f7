import { failureOf, type Patched } from "../keycard";
import { unconfirmedId } from "../plan/unconfirmed-creates";
import type { SecretInputs, SecretState } from "../secret-inputs";

type Inputs = SecretInputs & { __provider?: string };

/** Makes the engine record a failed create if Keycard may have created the secret nevertheless. */
export function creationFailed(error: unknown, inputs: Inputs): unknown {
  const failure = failureOf(error);
  return failure?.outcome === "unknown"
    ? recordInState(error as Error, unconfirmedId(failure.since), inputs)
    : error;
}

/** Makes the engine record what Keycard has after an update that was, or may have been, done in part. */
export function updateFailed(error: Error, id: string, held: SecretState, { __provider }: Inputs): Error {
  const mark: Pick<SecretState, "__isUnfinished"> = { __isUnfinished: true };
  return recordInState(error, id, { ...held, ...mark, ...(__provider !== undefined && { __provider }) });
}

/** Adds to the arguments what Keycard did not clear, so that the next update tries to clear it again. */
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

/** The error if Keycard did not clear a field, which makes the engine record what Keycard has. */
export function clearingFailed(
  { kept, cause }: Patched,
  id: string,
  held: SecretState,
  inputs: Inputs,
): Error {
  const reason =
    `Keycard updated the secret ${id} but did not clear ${kept.join(", ")}. ` +
    (cause ?? "Clear it in Keycard Console, or declare what Keycard has.");
  return updateFailed(new Error(reason), id, held, inputs);
}

/** The form of an error for which the SDK records a state. */
function recordInState(error: Error, id: string, properties: object): Error {
  return Object.assign(error, { id, properties: { ...properties }, reasons: [error.message] });
}
