import { applyPatch, findSecret, type KeycardClient, type Patched } from "../keycard";
import { explainConflict, explainRefusedType } from "./write-errors";
import type { NameOwners } from "./run-memory";
import { patchBetween } from "./fields";
import type { SecretInputs } from "./types";
import type { KnownValue } from "./state";
import type { DeclaredData } from "../values/types";
import { valueOf } from "../values/kinds";
import type { SendTools } from "../values/value";

/** The tools of an adoption. */
interface Adoption {
  /** The arguments. */
  inputs: SecretInputs;
  tools: SendTools;
  owners: NameOwners;
}

/** The result of an adoption. */
interface Adopted extends Patched {
  /** What is known about the value. */
  known: KnownValue;
  /** The form of the value in the state. */
  data: DeclaredData;
}

/**
 * Adopts an existing secret: reads it, and patches what differs from the arguments.
 *
 * @throws an Error if there is no such secret, or if it belongs to another zone or entity. Nothing was changed then
 */
export async function adopt(
  client: KeycardClient,
  id: string,
  { inputs, tools, owners }: Adoption,
): Promise<Adopted> {
  const { zoneId } = inputs;
  const value = valueOf(inputs.data);
  const options = { hidden: value.texts, ...(value.isNeverRead && { withoutValue: true }) };
  const existing = await findSecret(client, zoneId, id, options);
  if (!existing) {
    throw new Error(
      `There is no secret ${id} in zone ${zoneId} to adopt. Correct \`adoptId\` or \`zoneId\`, ` +
        "or remove `adoptId` to create a new secret.",
    );
  }
  for (const place of ["zone", "entity"] as const) {
    const [held, declared] = [existing[`${place}Id`], inputs[`${place}Id`]];
    if (held === declared) continue;
    throw new Error(
      `The secret ${id} belongs to ${place} ${held}, but ${place} ${declared} is declared. ` +
        `Correct \`${place}Id\`, or remove \`adoptId\` to create a new secret.`,
    );
  }
  const { data: sent, kept: data } = await value.adopt(existing, tools);
  const patch = patchBetween({ ...existing }, inputs);
  delete patch.data;
  if (sent) patch.data = sent;
  // The value was last changed at this time or earlier.
  const known = { version: existing.version, changedAt: existing.updatedAt };
  if (Object.keys(patch).length === 0) return { secret: existing, kept: [], known, data };
  try {
    // We sent none of the metadata, so the service itself added any key that cannot be removed.
    const before = { metadata: existing.metadata, sent: {}, withoutValue: options.withoutValue === true };
    const patched = await applyPatch(client, zoneId, id, patch, before);
    const isSame = !sent || (await valueOf(existing.data).matchesText(sent));
    const version = patched.dataVersion ?? known.version;
    return { ...patched, known: isSame ? { ...known, version } : { version }, data };
  } catch (raw) {
    const conflict = { place: inputs, id, ...owners };
    const error = patch.name === undefined ? raw : await explainConflict(client, conflict, raw);
    if (error !== raw) throw error;
    const instead = `declare \`data\` of the type ${existing.type}, or remove \`adoptId\` to create a new secret.`;
    throw explainRefusedType(raw, existing.type, inputs.data.type, instead);
  }
}
