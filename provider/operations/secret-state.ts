import { jsonCopy } from "../json";
import type { Secret } from "../keycard";
import { asDeclared, declaredForm, type Form } from "../plan/declared-form";
import { ARGUMENTS, withoutCleared } from "../plan/secret-changes";
import { withoutLoader } from "../protocol/without-loader";
import type { SecretInputs, SecretState } from "../secret-inputs";
import type { DeclaredData } from "../values/types";

/** What is known about a value that was not written or read just now. */
export interface KnownValue {
  /** The version at which the value is known. */
  version?: number | undefined;
  /** When the value last changed. */
  changedAt?: string | undefined;
}

/**
 * The state of a secret as Keycard has it, as plain JSON: the engine would reject anything else after the call. It does
 * not contain `adoptId`, because the engine keeps old outputs if the argument is removed.
 *
 * @param args - the declaration
 * @param known - what is known about the value
 */
export function stateOf(
  args: Form & Pick<SecretInputs, "zoneId" | "maxAgeDays">,
  secret: Omit<Secret, "id" | "zoneId">,
  data: DeclaredData,
  { version = secret.version, changedAt = secret.updatedAt }: KnownValue = {},
): SecretState {
  const declared = asDeclared(args, secret);
  const state: SecretState = {
    zoneId: args.zoneId,
    entityId: secret.entityId,
    name: secret.name,
    ...(secret.description !== undefined && { description: secret.description }),
    ...(secret.metadata !== undefined && { metadata: secret.metadata }),
    data,
    ...(args.maxAgeDays !== undefined && { maxAgeDays: args.maxAgeDays }),
    type: secret.type,
    version: secret.version,
    createdAt: secret.createdAt,
    updatedAt: secret.updatedAt,
    ...(declared && { __asDeclared: declared }),
    ...(version !== secret.version && { __valueVersion: version }),
    ...(changedAt !== secret.updatedAt && { __valueChangedAt: changedAt }),
  };
  return jsonCopy(state);
}

/** Copies the part of a state that was, or could have been, declared. */
function inputsOf(state: SecretState): Partial<SecretInputs> {
  const declared = declaredForm(state);
  return jsonCopy(withoutCleared(Object.fromEntries(ARGUMENTS.map((name) => [name, declared[name]]))));
}

/**
 * The result of a read. It contains inputs only if the stack manages the secret, because the engine would store the value of
 * any other secret in them in plain text. Nor does it if nothing has changed: the engine keeps those that it has, and
 * to copy and send them again is a tenth of the time of a refresh.
 *
 * @param known - the state before, which has only the zone at the first read
 */
export function readResult(
  state: SecretState,
  known: Partial<SecretState>,
): { props: SecretState; inputs?: Partial<SecretInputs> } {
  if (state === known) return { props: withoutLoader(state) };
  const isManaged = known.data !== undefined && !known.__unmanaged;
  return isManaged ? { props: state, inputs: inputsOf(state) } : { props: { ...state, __unmanaged: true } };
}
