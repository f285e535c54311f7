import type { Secret } from "../keycard";
import { asDeclared, declaredForm, type Form } from "../plan/declared-form";
import { ARGUMENTS, withoutCleared } from "../plan/secret-changes";
import type { SecretInputs, SecretState } from "../secret-inputs";
import type { DeclaredData } from "../values/secret-data";

/** What is known of a value, if it is not that it was written or read just now. */
export interface KnownValue {
  /** The version at which it is known. */
  version?: number | undefined;
  /** When it last became another. */
  changedAt?: string | undefined;
}

/**
 * The state of a secret as Keycard has it, as plain JSON: anything else would be refused after the call was made. It does
 * not tell `adoptId`, because the engine keeps old outputs if the argument is removed.
 *
 * @param args - how it is declared
 * @param known - what is known of the value
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
  return JSON.parse(JSON.stringify(state)) as SecretState;
}

/** A copy of the part of a state that was, or could have been, declared. */
function inputsOf(state: SecretState): Partial<SecretInputs> {
  const declared = Object.entries(withoutCleared(declaredForm(state)));
  return structuredClone(Object.fromEntries(declared.filter(([name]) => isArgument(name))));
}

const isArgument = (name: string) => ARGUMENTS.some((argument) => argument === name);

/**
 * What the engine keeps of a secret that was read. Inputs go with it only if the stack manages the secret, as the engine
 * would store the value of any other in plain text among them.
 *
 * @param known - what the state knew before; of a secret that is only read, the zone alone at first
 */
export function readResult(
  state: SecretState,
  known: Partial<SecretState>,
): { props: SecretState; inputs?: Partial<SecretInputs> } {
  const isManaged = known.data !== undefined && !known.__unmanaged;
  return isManaged ? { props: state, inputs: inputsOf(state) } : { props: { ...state, __unmanaged: true } };
}
