import type { SecretState } from "../secret-inputs";

const PLACES = ["zoneId", "entityId"] as const;

/** The parts of a secret's place that its state lacks, because it was edited or imported by hand. */
export function missingPlaces(state: Partial<SecretState>): (typeof PLACES)[number][] {
  return PLACES.filter((name) => typeof state[name] !== "string" || state[name] === "");
}

/** The error of a call that needs the zone of a secret if the state lacks it. */
export function zoneUnknown(action: string, id: string): Error {
  return new Error(
    `Could not ${action} the secret ${id}: its zone is not in the state. Run \`pulumi up\` with the secret in the ` +
      "program, which completes the state. If the secret no longer exists in Keycard, run `pulumi state delete` instead.",
  );
}
