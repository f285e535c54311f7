import type { KeycardClient } from "../keycard/client";
import { failureOf, keycardError } from "../keycard/http/errors";
import type { Patched } from "../keycard/patch";
import type { Secret } from "../keycard/wire";
import type { SecretInputs } from "./fields";
import { looseForm } from "./lookups";
import type { NameOwners } from "./ownership";
import { unconfirmedId } from "./run-memory";
import { type Known, encodeState } from "./state";

/** Makes the engine record a failed create if Keycard may have created the secret nevertheless. */
export function creationFailed(error: unknown, inputs: SecretInputs): unknown {
  const failure = failureOf(error);
  return failure?.outcome === "unknown"
    ? recordInState(error as Error, unconfirmedId(failure.since), inputs)
    : error;
}

/**
 * Makes the engine keep an unconfirmed create that it asked to update.
 *
 * @param outcome - the ID of its secret, or why there is none
 */
export function stillUnconfirmed(id: string, held: object, outcome: string | Error): Error {
  const error =
    typeof outcome === "string"
      ? new Error(
          `Keycard has the secret as ${outcome}, but Pulumi cannot record its ID in the run in which a create failed. Run \`pulumi up\` again.`,
        )
      : outcome;
  return recordInState(error, id, held);
}

/** Makes the engine record what Keycard has after an update that was, or may have been, done in part. */
export function updateFailed(error: Error, id: string, known: Known): Error {
  return recordInState(error, id, encodeState(known, { isUnfinished: true }));
}

/** The error if Keycard did not clear a field, which makes the engine record what Keycard has. */
export function clearingFailed({ kept, cause }: Patched, id: string, known: Known): Error {
  const reason =
    `Keycard updated the secret ${id} but did not clear ${kept.join(", ")}. ` +
    (cause ?? "Clear it in Keycard Console, or declare what Keycard has.");
  return updateFailed(new Error(reason), id, known);
}

/** An error with the state that the engine must record. */
export interface RecordedError extends Error {
  id: string;
  properties: object;
  reasons: string[];
}

function recordInState(error: Error, id: string, properties: object): RecordedError {
  return Object.assign(error, { id, properties: { ...properties }, reasons: [error.message] });
}

/** A write that Keycard rejected because of a conflict. */
export interface RefusedWrite extends NameOwners {
  /** The arguments that a conflict can be about. */
  place: Pick<SecretInputs, "zoneId" | "entityId" | "name">;
  /** The id of the secret to rename; undefined for a create. */
  id?: string;
}

/**
 * Explains a rejected name: which secret has it, and what to do.
 *
 * @returns the error to throw. It is the given one if it is not about a conflict
 */
export async function explainConflict(
  client: KeycardClient,
  write: RefusedWrite,
  error: unknown,
): Promise<unknown> {
  const failure = failureOf(error);
  if (failure?.status !== 409) return error;
  const { place, id } = write;
  // If the secret may have been created nevertheless, the error already lists its possible ids.
  if (id === undefined && failure.outcome === "unknown") return error;
  const { zoneId, name } = place;
  const holder = await holderOf(client, write).catch(
    (unlisted: unknown) => failureOf(unlisted) ?? "unlisted",
  );
  if (holder === undefined) {
    const remedy =
      `No listed secret of zone ${zoneId} has the name "${name}", so the conflict has another cause. ` +
      "Follow Keycard's message. If this keeps happening, contact Keycard support with the request ID.";
    return keycardError({ ...failure, remedy });
  }
  if (holder === "unlisted" || !("id" in holder)) {
    const why = holder === "unlisted" ? "" : ` (${holder.method} ${holder.path} ${holder.event})`;
    const remedy = `Zone ${zoneId} may already have a secret with the name "${name}", but it could not be listed${why}. `;
    return keycardError({ ...failure, remedy: remedy + remedyForUnknown(write) });
  }
  const fact =
    `Entity ${holder.entityId} of zone ${zoneId} already has a secret with the name "${holder.name}", ` +
    `${holder.id}. `;
  return keycardError({ ...failure, remedy: fact + remedyFor(holder, write) });
}

/** Searches the whole zone, because Keycard does not document the scope in which a name must be unique. */
async function holderOf(
  client: KeycardClient,
  { place: { zoneId, entityId, name }, id }: RefusedWrite,
): Promise<Secret | undefined> {
  const others = (await client.listSecrets(zoneId)).filter((secret) => secret.id !== id);
  const exact = others.filter((secret) => secret.name === name);
  // Keycard may store a name in another form than was sent.
  const namesakes =
    exact.length > 0 ? exact : others.filter((secret) => looseForm(secret.name) === looseForm(name));
  return namesakes.find((secret) => secret.entityId === entityId) ?? namesakes[0];
}

function remedyFor(holder: Secret, { place, id, isOwnName, namesakes }: RefusedWrite): string {
  if (namesakes) {
    const [one, two] = namesakes;
    return `${one} and ${two} of this program declare that name. Give one of them another name.`;
  }
  if (id !== undefined) {
    return isOwnName
      ? "This stack manages a secret of that name. Rename that one with one `pulumi up`, then this one with the next."
      : `Choose another name, or first rename or delete ${holder.id}.`;
  }
  if (isOwnName) {
    return (
      "This stack already manages a secret of that name. If it is being replaced, set the option " +
      "`deleteBeforeReplace: true` on the resource. Otherwise choose another name."
    );
  }
  if (holder.entityId === place.entityId) {
    return (
      `To adopt it, set \`adoptId: "${holder.id}"\`. If you renamed its resource, use the option \`aliases\` ` +
      "instead. Otherwise choose another name."
    );
  }
  return "Choose another name, or declare that entity and adopt the secret.";
}

function remedyForUnknown({ id }: RefusedWrite): string {
  return id !== undefined
    ? "Choose another name."
    : "Adopt it with `adoptId`, or choose another name. If a replacement caused the conflict, set the option " +
        "`deleteBeforeReplace: true` on the resource.";
}

type Type = Secret["type"];

const REFUSED_CONTENT = [400, 409, 422];

/**
 * Explains what to do if Keycard may have refused to change the type of a secret. It is not documented whether that is
 * possible.
 *
 * @param instead - what to do if it is not possible
 * @returns the error to throw. It is the given one if that is about something else
 */
export function explainRefusedType(error: unknown, held: Type, declared: Type, instead: string): unknown {
  const failure = failureOf(error);
  if (held === declared || !failure || !REFUSED_CONTENT.includes(failure.status ?? 0)) return error;
  const remedy = `Fix the argument that Keycard's message names. If it does not change the type of a secret, ${instead}`;
  return keycardError({ ...failure, remedy });
}
