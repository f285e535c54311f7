import type { SecretState } from "../secret-inputs";

const DAY_MS = 86_400_000;

/** When the value last became another, as far as a state knows it; undefined for a state that does not know. */
export function valueChangedAt(state: Partial<SecretState>): string | undefined {
  const time = state.__valueChangedAt ?? state.updatedAt ?? "";
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}

/**
 * Finds whether a value is older than it may be, by its state alone.
 *
 * @param name - what the warning calls the secret
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
    "Give it a new value, or raise `maxAgeDays`."
  );
}
