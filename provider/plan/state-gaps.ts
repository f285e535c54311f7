import type { SecretState } from "../secret-inputs";

const PLACES = ["zoneId", "entityId"] as const;

/** What a state that was edited or imported by hand does not tell of the place of its secret. */
export function missingPlaces(state: Partial<SecretState>): (typeof PLACES)[number][] {
  return PLACES.filter((name) => typeof state[name] !== "string" || state[name] === "");
}

/** The error of a call that needs the zone of a secret and does not find it in the state. */
export function zoneUnknown(action: string, id: string): Error {
  return new Error(
    `Could not ${action} the secret ${id}: the state does not tell its zone. Run \`pulumi up\` with the secret in the ` +
      "program, which completes the state. If Keycard does not have the secret any more, run `pulumi state delete` instead.",
  );
}
