import { applyPatch, findSecret, type KeycardClient, type Patched } from "../keycard";
import { explainConflict } from "./name-conflict";
import { explainRefusedType } from "./refused-type";
import { patchBetween } from "../plan/secret-changes";
import type { SecretInputs } from "../secret-inputs";
import type { KnownValue } from "./secret-state";
import { stateHoldsValue, textsOf } from "../values/watched-data";

/**
 * Adopts an existing secret: reads it, and patches what differs from the arguments, which may be nothing.
 *
 * @param inputs - the arguments, with the value itself in `data`
 * @param isOwnName - whether this stack manages a secret of that name already
 * @returns what came of it, and what is known of the value
 * @throws an Error if there is no such secret, or if it is one of another zone or entity; nothing was changed then
 */
export async function adopt(
  client: KeycardClient,
  id: string,
  inputs: SecretInputs,
  isOwnName = false,
): Promise<Patched & { known: KnownValue }> {
  const { zoneId } = inputs;
  const existing = await findSecret(client, zoneId, id, { hidden: textsOf(inputs.data) });
  if (!existing) {
    throw new Error(
      `There is no secret ${id} in zone ${zoneId} to adopt: correct \`adoptId\` or \`zoneId\`, ` +
        "or remove `adoptId` to create a new one.",
    );
  }
  for (const place of ["zone", "entity"] as const) {
    const [held, declared] = [existing[`${place}Id`], inputs[`${place}Id`]];
    if (held === declared) continue;
    throw new Error(
      `The secret ${id} belongs to ${place} ${held}, and ${place} ${declared} is declared: ` +
        `correct \`${place}Id\`, or remove \`adoptId\` to create a new one.`,
    );
  }
  const patch = patchBetween({ ...existing }, inputs);
  // When the value was changed is not known, but it was no later than this.
  const known = { version: existing.version, changedAt: existing.updatedAt };
  if (Object.keys(patch).length === 0) return { secret: existing, kept: [], known };
  try {
    // Nothing of it was sent by us, so a key that cannot be taken away is the service's own.
    const patched = await applyPatch(client, zoneId, id, patch, { metadata: existing.metadata, sent: {} });
    const isSame = !patch.data || (await stateHoldsValue(existing.data, patch.data));
    const version = patched.dataVersion ?? known.version;
    return { ...patched, known: isSame ? { ...known, version } : { version } };
  } catch (raw) {
    const conflict = { place: inputs, id, isOwnName };
    const error = patch.name === undefined ? raw : await explainConflict(client, conflict, raw);
    if (error !== raw) throw error;
    const instead = `declare \`data\` of the type ${existing.type}, or remove \`adoptId\` to create a new one.`;
    throw explainRefusedType(raw, existing.type, inputs.data.type, instead);
  }
}
