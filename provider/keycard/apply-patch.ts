import { isDeepStrictEqual } from "node:util";
import type { KeycardClient } from "./client";
import { failureOf } from "./http/errors";
import type { Secret, SecretPatch } from "./secret";

type Metadata = Record<string, unknown>;

/** How long it is tried to read a secret whose correction got no answer, in milliseconds. */
const LAST_LOOK_MS = 30_000;

/** The result of a PATCH: what Keycard holds now, and which of the fields it would not clear. */
export interface Patched {
  secret: Secret;
  /** As in "description" or "metadata.team"; empty where everything is as asked. */
  kept: string[];
  /** Why the corrective PATCH failed, where it did. */
  cause?: string;
}

/**
 * Patches a secret and looks at what the answer says, as it is not documented how a field is cleared: `""` and `{}`
 * may be refused where only `null` clears, and metadata may be merged key by key. Where something is left over, one
 * corrective PATCH says it in the other way.
 *
 * @param patch - only what changed; `""` and `{}` clear
 * @throws what the PATCH throws; nothing was changed then
 */
export async function applyPatch(
  client: KeycardClient,
  zoneId: string,
  id: string,
  patch: SecretPatch,
): Promise<Patched> {
  const send = (body: SecretPatch) => client.patchSecret(zoneId, id, body);
  const first = await send(patch).catch((error: unknown) => {
    const refusal = failureOf(error)?.status;
    const clears = patch.description === "" || isEmpty(patch.metadata);
    if (!clears || (refusal !== 400 && refusal !== 422)) throw error;
    return send({
      ...patch,
      ...(patch.description === "" && { description: null }),
      ...(isEmpty(patch.metadata) && { metadata: null }),
    });
  });
  const correction = correctionOf(first, patch);
  if (!correction) return { secret: first, kept: [] };
  try {
    const secret = await send(correction);
    return { secret, kept: notCleared(secret, patch) };
  } catch (error) {
    const held =
      failureOf(error)?.outcome === "unknown" ? await readAfterLoss(client, zoneId, id) : undefined;
    const kept = notCleared(held ?? first, patch);
    return { secret: held ?? first, kept, ...(kept.length > 0 && { cause: (error as Error).message }) };
  }
}

/** What Keycard holds after a change whose answer was lost; undefined where it cannot be read. */
function readAfterLoss(client: KeycardClient, zoneId: string, id: string): Promise<Secret | undefined> {
  return client.readSecret(zoneId, id, { totalMs: LAST_LOOK_MS }).catch(() => undefined);
}

/** What a second PATCH must say, seen from what Keycard answered to the first; undefined where it did as asked. */
function correctionOf(answer: Secret, patch: SecretPatch): SecretPatch | undefined {
  const keptDescription = patch.description === "" && answer.description !== undefined;
  const merged = patch.metadata ? mergePatch(answer.metadata ?? {}, patch.metadata) : {};
  const correction: SecretPatch = {
    ...(keptDescription && { description: null }),
    // Where an empty description was ignored, so was an empty object; else its keys are there because they are merged.
    ...(!isEmpty(merged) && { metadata: keptDescription && isEmpty(patch.metadata) ? null : merged }),
  };
  return isEmpty(correction) ? undefined : correction;
}

function notCleared(answer: Secret, patch: SecretPatch): string[] {
  const merged = patch.metadata ? mergePatch(answer.metadata ?? {}, patch.metadata) : {};
  return [
    ...(patch.description === "" && answer.description !== undefined ? ["description"] : []),
    ...Object.keys(merged).map((key) => `metadata.${key}`),
  ];
}

/** The JSON merge patch (RFC 7396) from one object to another; empty where they are alike. */
function mergePatch(from: Metadata, to: Metadata): Metadata {
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return Object.fromEntries(
    [...keys]
      .filter((key) => !isDeepStrictEqual(ownValue(from, key), ownValue(to, key)))
      .map((key) => {
        const [old, wanted] = [ownValue(from, key), ownValue(to, key)];
        return [key, isObject(old) && isObject(wanted) ? mergePatch(old, wanted) : (wanted ?? null)];
      }),
  );
}

/** Metadata may have a key that every object inherits, such as `toString`. */
const ownValue = (object: Metadata, key: string) => (Object.hasOwn(object, key) ? object[key] : undefined);

const isObject = (value: unknown): value is Metadata =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0;
