import { failureOf, type KeycardClient, type Secret } from "../keycard";
import type { SecretInputs } from "../secret-inputs";

/** The part of the arguments that a conflict is about. */
type Place = Pick<SecretInputs, "zoneId" | "entityId" | "name">;

/**
 * Says what is in the way of a secret that Keycard would not create, and what to do about it.
 *
 * @param ownName - true where this stack already keeps a secret of that name in the zone
 * @returns the error to throw; the one given, where it is about anything but a conflict
 */
export async function explainConflict(
  client: KeycardClient,
  place: Place,
  error: unknown,
  ownName: boolean,
): Promise<unknown> {
  const failure = failureOf(error);
  // If the secret may have been created all the same, the error lists the ids that it may have.
  if (failure?.status !== 409 || failure.outcome === "unknown") return error;
  const existing = await existingOf(client, place).catch(() => undefined);
  const { zoneId, entityId, name } = place;
  const where = existing ? `entity ${existing.entityId} of zone ${zoneId}` : `zone ${zoneId}`;
  return new Error(
    `Could not create the secret: ${where} already holds one of the name "${name}"` +
      `${existing ? `, ${existing.id}` : ""}. ${remedyFor(existing, entityId, ownName)}`,
    { cause: error },
  );
}

/** Looks in the whole zone, as it is not documented within what a name has to be unique. */
async function existingOf(
  client: KeycardClient,
  { zoneId, entityId, name }: Place,
): Promise<Secret | undefined> {
  const namesakes = (await client.listSecrets(zoneId)).filter((secret) => secret.name === name);
  return namesakes.find((secret) => secret.entityId === entityId) ?? namesakes[0];
}

function remedyFor(existing: Secret | undefined, entityId: string, ownName: boolean): string {
  if (ownName) {
    return (
      "This stack keeps one of that name already: where it is being replaced, give the resource the option " +
      "`deleteBeforeReplace: true`; else give this one another name."
    );
  }
  if (existing?.entityId === entityId) {
    return `To take it over, add the line \`adoptId: "${existing.id}"\`; else give this one another name.`;
  }
  if (existing) return "Give this one another name, or declare that entity and adopt it.";
  return (
    "Take it over with `adoptId`, or give this one another name; where a replacement caused it, give the resource " +
    "the option `deleteBeforeReplace: true`."
  );
}
