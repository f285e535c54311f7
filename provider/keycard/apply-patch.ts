import type { KeycardClient } from "./client";
import { failureOf } from "./http/errors";
import { isObject, presentKeys, type JsonObject } from "../json/same-json";
import { pairKeys } from "../json/sent-form";
import type { Secret, SecretPatch } from "./secret";

/** How long it is tried to read a secret whose correction got no answer, in milliseconds. */
const LAST_LOOK_MS = 30_000;

/** The result of a PATCH: what Keycard holds now, and which of the fields it would not clear. */
export interface Patched {
  secret: Secret;
  /** As in "description" or "metadata.team"; empty where everything is as asked. */
  kept: string[];
  /** The version that has the value which was sent; absent if none was. */
  dataVersion?: number;
  /** Why the corrective PATCH failed, where it did. */
  cause?: string;
}

/** What is known of a secret before it is patched. */
export interface Before {
  /** What its metadata was; a key that a PATCH does not take away is looked for among these alone. Any key, if undefined. */
  metadata?: JsonObject | undefined;
  /**
   * The metadata that we have sent: what else stays, the service adds again by itself.
   *
   * @defaultValue `metadata`
   */
  sent?: JsonObject | undefined;
  /** True if the secret must not be read, as its value is not ours to know. */
  withoutValue?: boolean;
}

/**
 * Patches a secret and looks at what the answer says, as it is not documented how a field is cleared: `""` and `{}`
 * may be refused or ignored where only `null` clears, and metadata may be merged key by key. If something is left over, one
 * corrective PATCH says it in the other way, beside all that is wanted.
 *
 * @param patch - only what changed; `""` and `{}` clear
 * @throws what the PATCH throws; nothing was changed then
 */
export async function applyPatch(
  client: KeycardClient,
  zoneId: string,
  id: string,
  patch: SecretPatch,
  before: Before = {},
): Promise<Patched> {
  const send = (body: SecretPatch) => client.patchSecret(zoneId, id, body);
  let wasEmptyRefused = false;
  const first = await send(patch).catch((error: unknown) => {
    const clears = patch.description === "" || isEmpty(patch.metadata);
    if (!clears || !isRefusedContent(error)) throw error;
    wasEmptyRefused = true;
    return send({
      ...patch,
      ...(patch.description === "" && { description: null }),
      ...(isEmpty(patch.metadata) && { metadata: null }),
    });
  });
  const correction = correctionOf(first, patch, before, wasEmptyRefused);
  const data = patch.data && { dataVersion: first.version };
  if (!correction) return { secret: first, kept: [], ...data };
  try {
    const secret = await send(correction).catch((error: unknown) => {
      const leftover = leftoverOf(first, patch, before.metadata);
      if (correction.metadata !== null || !leftover || !isRefusedContent(error)) throw error;
      // A service that refuses `null` has not ignored the empty object, but merged it.
      return send({ ...correction, metadata: withRemoved({}, leftover) });
    });
    return { secret, kept: notCleared(secret, patch, before), ...data };
  } catch (error) {
    const held =
      failureOf(error)?.outcome === "unknown" && !before.withoutValue
        ? await readAfterLoss(client, zoneId, id)
        : undefined;
    const kept = notCleared(held ?? first, patch, before);
    return {
      secret: held ?? first,
      kept,
      ...data,
      ...(kept.length > 0 && { cause: (error as Error).message }),
    };
  }
}

function isRefusedContent(error: unknown): boolean {
  const status = failureOf(error)?.status;
  return status === 400 || status === 422;
}

/** What Keycard holds after a change whose answer was lost; undefined where it cannot be read. */
function readAfterLoss(client: KeycardClient, zoneId: string, id: string): Promise<Secret | undefined> {
  return client.readSecret(zoneId, id, { totalMs: LAST_LOOK_MS }).catch(() => undefined);
}

/** What a second PATCH must say, seen from what Keycard answered to the first; undefined if it did as asked. */
function correctionOf(
  answer: Secret,
  patch: SecretPatch,
  before: Before,
  wasEmptyRefused: boolean,
): SecretPatch | undefined {
  const keptDescription = patch.description === "" && answer.description !== undefined;
  const leftover = leftoverOf(answer, patch, before.metadata);
  // An empty object that was ignored looks like one that was merged, unless the description shows what an empty value does.
  const mayBeIgnored = isEmpty(patch.metadata) && (keptDescription || patch.description !== "");
  const correction: SecretPatch = {
    ...(keptDescription && { description: null }),
    ...(leftover && {
      metadata: mayBeIgnored && !wasEmptyRefused ? null : withRemoved(patch.metadata ?? {}, leftover),
    }),
  };
  return isEmpty(correction) ? undefined : correction;
}

function notCleared(answer: Secret, patch: SecretPatch, before: Before): string[] {
  const leftover = leftoverOf(answer, patch, "sent" in before ? before.sent : before.metadata);
  return [
    ...(patch.description === "" && answer.description !== undefined ? ["description"] : []),
    ...Object.keys(leftover ?? {}).map((key) => `metadata.${key}`),
  ];
}

/** The keys that a PATCH should have taken away, each `null` or an object of such; undefined where there are none. */
function leftoverOf(
  { metadata = {} }: Secret,
  patch: SecretPatch,
  before: JsonObject | undefined,
): JsonObject | undefined {
  const leftover = patch.metadata ? leftoverBetween(metadata, patch.metadata, before) : {};
  return isEmpty(leftover) ? undefined : leftover;
}

/** Only what was there before can be left over: what is new, and was not sent, is the service's own. */
function leftoverBetween(answer: JsonObject, wanted: JsonObject, before: JsonObject | undefined): JsonObject {
  const [names, earlier] = [pairKeys(answer, wanted), before && pairKeys(answer, before)];
  const entries = presentKeys(answer).flatMap((key): [string, unknown][] => {
    const [name, old] = [names.get(key), earlier?.get(key)];
    if (name === undefined) return earlier && old === undefined ? [] : [[key, null]];
    const [child, wish, past] = [answer[key], wanted[name], old === undefined ? {} : before?.[old]];
    if (!isObject(child) || !isObject(wish)) return [];
    const inner = leftoverBetween(child, wish, before && (isObject(past) ? past : {}));
    return isEmpty(inner) ? [] : [[key, inner]];
  });
  return Object.fromEntries(entries);
}

/** All that is wanted, with `null` for what is to go: a service that does not merge would else lose the rest. */
function withRemoved(wanted: JsonObject, leftover: JsonObject): JsonObject {
  const names = pairKeys(leftover, wanted);
  const removed = Object.entries(leftover).map(([key, gone]): [string, unknown] => {
    const inner = wanted[names.get(key) ?? ""];
    return isObject(gone) && isObject(inner)
      ? [names.get(key) ?? key, withRemoved(inner, gone)]
      : [key, gone];
  });
  return Object.fromEntries([...Object.entries(wanted), ...removed]);
}

const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0;
