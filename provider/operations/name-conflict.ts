import { failureOf, keycardError, type KeycardClient, type Secret } from "../keycard";
import type { SecretInputs } from "../secret-inputs";
import { looseForm } from "./loose-form";

/** A write that Keycard refused because of a conflict. */
export interface RefusedWrite {
  /** The part of the arguments that a conflict can be about. */
  place: Pick<SecretInputs, "zoneId" | "entityId" | "name">;
  /** The secret that was to get the name; undefined if it was to be created. */
  id?: string;
  /** Whether this stack manages a secret of that name already. */
  isOwnName: boolean;
}

/**
 * Tells which secret has the name that Keycard refused to create or to give, and what to do about it.
 *
 * @returns the error to throw; the given one if it is not about a conflict
 */
export async function explainConflict(
  client: KeycardClient,
  write: RefusedWrite,
  error: unknown,
): Promise<unknown> {
  const failure = failureOf(error);
  if (failure?.status !== 409) return error;
  const { place, id } = write;
  // If the secret may have been created all the same, the error lists the ids that it may have.
  if (id === undefined && failure.outcome === "unknown") return error;
  const { zoneId, name } = place;
  const holder = await holderOf(client, write).catch(
    (unlisted: unknown) => failureOf(unlisted) ?? "unlisted",
  );
  if (holder === undefined) {
    const remedy =
      `No secret of zone ${zoneId} that is listed has the name "${name}", so Keycard's answer is about something else. ` +
      "Follow what it says; if this keeps happening, contact Keycard support with the request ID.";
    return keycardError({ ...failure, remedy });
  }
  if (holder === "unlisted" || !("id" in holder)) {
    const why = holder === "unlisted" ? "" : ` (${holder.method} ${holder.path} ${holder.event})`;
    const remedy = `Perhaps zone ${zoneId} already holds one of the name "${name}": it could not be listed${why}. `;
    return keycardError({ ...failure, remedy: remedy + remedyForUnknown(write) });
  }
  const fact =
    `In Keycard, entity ${holder.entityId} of zone ${zoneId} already holds one of the name "${holder.name}", ` +
    `${holder.id}. `;
  return keycardError({ ...failure, remedy: fact + remedyFor(holder, write) });
}

/** Looks in the whole zone, because it is not documented within what a name has to be unique. */
async function holderOf(
  client: KeycardClient,
  { place: { zoneId, entityId, name }, id }: RefusedWrite,
): Promise<Secret | undefined> {
  const others = (await client.listSecrets(zoneId)).filter((secret) => secret.id !== id);
  const exact = others.filter((secret) => secret.name === name);
  // Keycard may keep another form of a name than it was sent.
  const namesakes =
    exact.length > 0 ? exact : others.filter((secret) => looseForm(secret.name) === looseForm(name));
  return namesakes.find((secret) => secret.entityId === entityId) ?? namesakes[0];
}

function remedyFor(holder: Secret, { place, id, isOwnName }: RefusedWrite): string {
  if (id !== undefined) {
    return isOwnName
      ? "This stack manages one of that name: give that one another name with one `pulumi up`, then this one with the next."
      : `Give this one another name, or first rename or delete ${holder.id}.`;
  }
  if (isOwnName) {
    return (
      "This stack keeps one of that name already: if it is being replaced, give the resource the option " +
      "`deleteBeforeReplace: true`; otherwise give this one another name."
    );
  }
  if (holder.entityId === place.entityId) {
    return (
      `To adopt it, add the line \`adoptId: "${holder.id}"\`. If you renamed its resource, use the option \`aliases\` ` +
      "instead. Otherwise give this one another name."
    );
  }
  return "Give this one another name, or declare that entity and adopt it.";
}

function remedyForUnknown({ id }: RefusedWrite): string {
  return id !== undefined
    ? "Give this one another name."
    : "Adopt it with `adoptId`, or give this one another name. If a replacement caused the conflict, give the resource " +
        "the option `deleteBeforeReplace: true`.";
}
