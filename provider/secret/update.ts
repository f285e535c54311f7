import type { KeycardClient } from "../keycard/client";
import { failureOf, keycardError } from "../keycard/http/errors";
import { type Patched, applyPatch } from "../keycard/patch";
import { findSecret, foundOrGone } from "../keycard/presence";
import type { SecretPatch } from "../keycard/wire";
import { valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";
import type { SendTools, Value } from "../values/value";
import { type SecretInputs, patchBetween, patchWith } from "./fields";
import type { NameOwners } from "./ownership";
import { readSecret } from "./read";
import {
  type Known,
  type KnownValue,
  UNCERTAIN,
  declarationAfterPatch,
  knownAfter,
  missingPlaces,
  sentMetadataOf,
  withKept,
} from "./state";
import { clearingFailed, explainConflict, explainRefusedType, updateFailed } from "./write-errors";

/** The time limit for reading a secret after an update that got no answer, in milliseconds. */
const LAST_LOOK_MS = 30_000;

/** The option `replaceOnChanges` would do it automatically, but it only sees `data` as a whole (CLI 3.274). */
const REPLACE =
  "replace the secret: `pulumi up --replace URN`, with the URN that `pulumi stack --show-urns` shows.";

interface UpdateTools {
  /** Called only if a request is needed. */
  connect: () => KeycardClient;
  send: SendTools;
  ownersOf: (inputs: SecretInputs) => NameOwners;
}

/**
 * Sends what changed, and reads what Keycard has if the answer was lost.
 *
 * @throws an error that makes the engine record what Keycard has, if the update was, or may have been, done in part
 */
export async function updateSecret(
  { connect, send, ownersOf }: UpdateTools,
  id: string,
  olds: Known,
  news: SecretInputs & { value: Value },
): Promise<Known> {
  const readState = async (options = {}, value = news.value) => {
    const state = await readSecret(connect(), id, { ...news, value }, { known: olds, ...options });
    if (!state) throw new Error(`There is no secret ${id} in zone ${news.zoneId}. ${remedy}.`);
    return state;
  };
  const isIncomplete = missingPlaces(olds).length > 0;
  const remedy = isIncomplete ? "Declare the zone that it is in" : "Run `pulumi refresh`";
  const held = olds.updatedAt === UNCERTAIN || isIncomplete ? await readState() : olds;
  const before = valueOf(held.data);
  const { data: sent, kept: data } = await news.value.update(before, send);
  const patch = patchWith(sent, held.declared, news);
  const known = { version: held.valueVersion, changedAt: held.valueChangedAt };
  if (isEmpty(patch)) return knownAfter(news, held, data, known);

  let patched: Patched;
  try {
    patched = await sendPatch(connect(), id, held, news, patch);
  } catch (raw) {
    const conflict = { place: news, id, ...ownersOf(news) };
    const error = patch.name === undefined ? raw : await explainConflict(connect(), conflict, raw);
    if (failureOf(error)?.outcome !== "unknown") {
      throw error === raw ? explainRefusedType(raw, held.data.type, news.data.type, REPLACE) : error;
    }
    const value = valueOf(data);
    const now = await readState({ totalMs: LAST_LOOK_MS, sent: patch }, value).catch(() => ({
      ...held,
      data: sent ? value.keptUncertain(before, held.version) : held.data,
      updatedAt: UNCERTAIN,
    }));
    const isDone = now.updatedAt !== UNCERTAIN && isEmpty(patchBetween(now.declared, news));
    if (isDone && (!sent || (await valueOf(now.data).confirms(sent)))) return now;
    throw updateFailed(error as Error, id, now);
  }
  const args = withKept({ ...news, ...declarationAfterPatch(held, patched.secret, patch, news) }, patched);
  const isSame = !sent || (await before.matchesText(sent));
  const outs = knownAfter(args, patched.secret, data, {
    version: patched.dataVersion ?? known.version,
    changedAt: isSame ? known.changedAt : undefined,
  });
  if (patched.kept.length > 0) throw clearingFailed(patched, id, outs);
  return outs;
}

/** A new secret may not be found yet, and a name may still be taken by a secret that was deleted in this run. */
async function sendPatch(
  client: KeycardClient,
  id: string,
  held: Known,
  { zoneId, entityId, name, value }: SecretInputs & { value: Value },
  patch: SecretPatch,
): Promise<Patched> {
  const { createdAt, name: oldName } = held;
  const before = {
    metadata: held.declared.metadata ?? {},
    sent: sentMetadataOf(held),
    withoutValue: value.isNeverRead,
  };
  let gone = new Error(`There is no secret ${id} in zone ${zoneId}. Run \`pulumi refresh\`.`);
  const send = () =>
    client.availability
      .waitFor({ zoneId, entityId, name }, () => applyPatch(client, zoneId, id, patch, before))
      .catch((error: unknown) => {
        const failure = failureOf(error);
        if (failure) gone = keycardError({ ...failure, remedy: "The secret is gone. Run `pulumi refresh`." });
        throw error;
      });
  const patched = await foundOrGone(client, { zoneId, id, createdAt }, send);
  if (!patched) throw gone;
  if (oldName !== name) client.seen.noteFreedName(zoneId, oldName);
  return patched;
}

function isEmpty(patch: SecretPatch): boolean {
  return Object.keys(patch).length === 0;
}

interface Adopted extends Patched {
  known: KnownValue;
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
  { inputs, tools, owners }: { inputs: SecretInputs; tools: SendTools; owners: NameOwners },
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
  const patch = patchWith(sent, { ...existing }, inputs);
  // The value was last changed at this time or earlier.
  const known = { version: existing.version, changedAt: existing.updatedAt };
  if (isEmpty(patch)) return { secret: existing, kept: [], known, data };
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
