import { type JsonObject, isObject, mayBeFormOf, pairKeys, presentKeys } from "../json";
import type { KeycardClient } from "./client";
import { failureOf } from "./http/errors";
import type { Secret, SecretPatch } from "./wire";

/** The time limit for reading a secret whose corrective PATCH got no answer, in milliseconds. */
const LAST_LOOK_MS = 30_000;

/** The result of a PATCH: the secret as it is now, and the fields that Keycard did not clear. */
export interface Patched {
  secret: Secret;
  /** As in "description" or "metadata.team"; empty if everything was cleared. */
  kept: string[];
  /** The version that the sent value has; absent if no value was sent. */
  dataVersion?: number;
  /** Why the corrective PATCH failed, if it did. */
  cause?: string;
}

/** What is known about a secret before it is patched. */
interface Before {
  /** The metadata before the PATCH. Only these keys can be left over; any key can, if undefined. */
  metadata?: JsonObject | undefined;
  /** The metadata that we have sent. The service adds all other keys by itself. @defaultValue `metadata` */
  sent?: JsonObject | undefined;
  /** True if the secret must not be read, as its value is not ours to know. */
  withoutValue?: boolean;
}

/**
 * Patches a secret and checks the answer, because Keycard does not document how a field is cleared: it may reject or
 * ignore `""` and `{}` if only `null` clears, and it may merge metadata key by key. If something is left over, one
 * corrective PATCH sends the other form, together with everything that is declared.
 *
 * @param patch - only what changed; `""` and `{}` clear
 * @throws the error of the last form of the first PATCH, which changed nothing
 */
export async function applyPatch(
  client: KeycardClient,
  zoneId: string,
  id: string,
  patch: SecretPatch,
  before: Before = {},
): Promise<Patched> {
  const send = (body: SecretPatch) => client.patchSecret(zoneId, id, body);
  const { answer: first, wasEmptyRefused } = await sendAccepted(send, patch);
  const leftover = leftoverOf(first, patch, before.metadata);
  const correction = correctionOf(first, patch, leftover, wasEmptyRefused);
  const data = patch.data && { dataVersion: first.version };
  if (!correction) return { secret: first, kept: [], ...data };
  try {
    const secret = await send(correction).catch((error: unknown) => {
      if (correction.metadata !== null || !isRefusedContent(error)) throw error;
      // A service that rejects `null` has merged the empty object rather than ignored it.
      return send({ ...correction, metadata: withRemoved({}, leftover) });
    });
    return { secret, kept: notCleared(secret, patch, before), ...data };
  } catch (error) {
    const held =
      failureOf(error)?.outcome === "unknown" && !before.withoutValue
        ? await client.readSecret(zoneId, id, { totalMs: LAST_LOOK_MS }).catch(() => undefined)
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

/**
 * Sends a PATCH. If the service rejects it, sends `null` for what is empty. If it rejects that too, sends `null` for what it may
 * make empty, because it trims texts and drops empty members.
 *
 * @throws the error of the last form
 */
async function sendAccepted(
  send: (body: SecretPatch) => Promise<Secret>,
  patch: SecretPatch,
): Promise<{ answer: Secret; wasEmptyRefused: boolean }> {
  const empty = fieldsOf(patch, (value) => value === "" || isEmpty(value));
  const emptied = fieldsOf(patch, (value) => mayBeFormOf(isObject(value) ? {} : "", value));
  const forms = [
    [],
    ...(empty.length > 0 ? [empty] : []),
    ...(emptied.length > empty.length ? [emptied] : []),
  ];
  for (let form = 0; ; form++) {
    const nulls = Object.fromEntries((forms[form] ?? []).map((name) => [name, null]));
    try {
      return { answer: await send({ ...patch, ...nulls }), wasEmptyRefused: form > 0 };
    } catch (error) {
      if (form === forms.length - 1 || !isRefusedContent(error)) throw error;
    }
  }
}

/** The fields that a service can clear, and whose value in the PATCH fulfils a condition. */
function fieldsOf(patch: SecretPatch, fulfils: (value: unknown) => boolean): ("description" | "metadata")[] {
  return (["description", "metadata"] as const).filter((name) => name in patch && fulfils(patch[name]));
}

function isRefusedContent(error: unknown): boolean {
  const status = failureOf(error)?.status;
  return status === 400 || status === 422;
}

/** The body of the corrective PATCH, derived from the answer to the first one; undefined if none is needed. */
function correctionOf(
  answer: Secret,
  patch: SecretPatch,
  leftover: JsonObject,
  wasEmptyRefused: boolean,
): SecretPatch | undefined {
  const keptDescription = patch.description === "" && answer.description !== undefined;
  // An ignored empty object looks like a merged one, unless the description shows what an empty value does.
  const mayBeIgnored = isEmpty(patch.metadata) && (keptDescription || patch.description !== "");
  const correction: SecretPatch = {
    ...(keptDescription && { description: null }),
    ...(!isEmpty(leftover) && {
      metadata: mayBeIgnored && !wasEmptyRefused ? null : withRemoved(patch.metadata ?? {}, leftover),
    }),
  };
  return isEmpty(correction) ? undefined : correction;
}

function notCleared(answer: Secret, patch: SecretPatch, before: Before): string[] {
  const leftover = leftoverOf(answer, patch, "sent" in before ? before.sent : before.metadata);
  return [
    ...(patch.description === "" && answer.description !== undefined ? ["description"] : []),
    ...Object.keys(leftover).map((key) => `metadata.${key}`),
  ];
}

/** The keys that a PATCH should have removed, each `null` or an object of such keys. */
function leftoverOf(
  { metadata = {} }: Secret,
  patch: SecretPatch,
  before: JsonObject | undefined,
): JsonObject {
  return patch.metadata ? leftoverBetween(metadata, patch.metadata, before) : {};
}

/** Only keys that existed before can be left over. The service itself adds new keys that were not sent. */
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

/** Everything that is declared, with `null` for each key to remove: a service that does not merge would lose the rest otherwise. */
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
