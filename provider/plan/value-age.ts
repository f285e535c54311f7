import type { SecretState } from "../secret-inputs";

const DAY_MS = 86_400_000;

/** When the value last changed, according to the state; undefined if the state does not have that time. */
export function valueChangedAt(state: Partial<SecretState>): string | undefined {
  const time = state.__valueChangedAt ?? state.updatedAt ?? "";
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}

/**
 * Checks the age of a value, using only its state.
 *
 * @param name - the name of the secret in the warning
 * @returns the warning; undefined if the value is young enough
 */
export function warningOfAge(
  state: SecretState,
  maxAgeDays: number | undefined,
  name: string,
): string | undefined {
  const since = valueChangedAt(state);
  if (maxAgeDays === undefined || since === undefined) return undefined;
  const ageDays = (Date.now() - Date.parse(since)) / DAY_MS;
  if (!(ageDays > maxAgeDays)) return undefined;
  return (
    `The value of ${name} is ${Math.floor(ageDays)} days old (maxAgeDays: ${maxAgeDays}). ` +
    "Set a new value, or raise `maxAgeDays`."
  );
}
