import type { KeycardClient, SecretPatch } from "./keycard";
import { patchBetween } from "./secret-changes";
import type { SecretInputs, SecretState } from "./secret-inputs";
import { stateOf } from "./secret-state";
import type { ValueReader } from "./value-reader";
import { asInState, holds, resolve, textsOf } from "./watched-data";

/** How long it is tried to read a secret after an update that got no answer, in milliseconds. */
const LAST_LOOK_MS = 30_000;

/** The time of the last change, in the state, after an update of which nothing is known: the next one looks first. */
const UNCERTAIN = "unknown";

const REFUSED_CONTENT = [400, 409, 422];

/** It is not documented whether Keycard changes a type. The option `replaceOnChanges` sees `data` only as a whole. */
const TYPE_REMEDY =
  "Correct the argument that Keycard names. Where it does not change the type of a secret, replace the secret: " +
  "`pulumi up --replace URN`, with the URN that `pulumi stack --show-urns` shows.";

/** What an update works with. */
export interface UpdateTools {
  /** Called only where something has to be asked or sent. */
  connect: () => Promise<KeycardClient>;
  reader: ValueReader;
}

/**
 * Sends what changed, and finds out what Keycard holds where the answer was lost.
 *
 * @returns what the state shall hold
 * @throws an error that has the engine record what is true where the update was done in part, or perhaps
 */
export async function updateSecret(
  { connect, reader }: UpdateTools,
  id: string,
  olds: SecretState,
  news: SecretInputs & { __provider?: string },
): Promise<SecretState> {
  const readState = async (options = {}) => {
    const hidden = [...textsOf(olds.data), ...textsOf(news.data)];
    const secret = await (await connect()).readSecret(news.zoneId, id, { hidden, ...options });
    return stateOf(news, secret, await asInState(news.data, secret.data));
  };
  const held = olds.updatedAt === UNCERTAIN ? await readState() : olds;
  const patch = await patchToSend(held, news, reader);
  if (isEmpty(patch)) return stateOf(news, { ...held, id }, news.data);

  const { applyPatch, failureOf, keycardError } = await import("./keycard");
  const { clearingFailed, updateFailed } = await import("./failed-writes");
  const client = await connect();
  try {
    const patched = await applyPatch(client, news.zoneId, id, patch);
    const outs = stateOf(news, patched.secret, news.data);
    if (patched.kept.length > 0) throw clearingFailed(patched, id, outs, news);
    return outs;
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.outcome !== "unknown") {
      const typeRefused = REFUSED_CONTENT.includes(failure?.status ?? 0) && held.data.type !== news.data.type;
      throw failure && typeRefused ? keycardError({ ...failure, remedy: TYPE_REMEDY }) : error;
    }
    const now = await readState({ totalMs: LAST_LOOK_MS }).catch(() => ({ ...held, updatedAt: UNCERTAIN }));
    if (now.updatedAt !== UNCERTAIN && isEmpty(patchBetween(now, news))) return now;
    throw updateFailed(error as Error, id, now, news);
  }
}

/** With the value itself, and without it where only the way to declare it changed. */
async function patchToSend(olds: SecretState, news: SecretInputs, reader: ValueReader): Promise<SecretPatch> {
  const { data: changed, ...patch } = patchBetween(olds, news);
  if (!changed) return patch;
  const data = await resolve(news.data, reader);
  return (await holds(olds.data, data)) ? patch : { ...patch, data };
}

function isEmpty(patch: SecretPatch): boolean {
  return Object.keys(patch).length === 0;
}
