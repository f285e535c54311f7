import { Refusal } from "./refusal";
import type { StoreSwitches } from "./switches";
import type { SecretPatch, StoredSecret } from "./wire";

type Json = Record<string, unknown>;

/** Applies a PATCH to a secret according to the switches, without the version and the times. */
export function patched(secret: StoredSecret, patch: SecretPatch, switches: StoreSwitches): StoredSecret {
  const { name = secret.name, data = secret.data } = patch;
  if (data.type !== secret.data.type && switches.typeChange === "refused") {
    throw new Refusal(400, "data.type cannot be changed");
  }
  const { description, metadata, ...rest } = secret;
  const newDescription = patchedDescription(description, patch.description, switches);
  const newMetadata = patchedMetadata(metadata, patch.metadata, switches);
  return {
    ...rest,
    name,
    data,
    ...(newDescription ? { description: newDescription } : {}),
    ...(newMetadata && !isEmpty(newMetadata) ? { metadata: newMetadata } : {}),
  };
}

function patchedDescription(
  old: string | undefined,
  value: string | null | undefined,
  switches: StoreSwitches,
) {
  if (value === undefined) return old;
  if (value !== null && value !== "") return value;
  return clears("description", value === null, switches) ? undefined : old;
}

function patchedMetadata(old: Json | undefined, value: Json | null | undefined, switches: StoreSwitches) {
  if (value === undefined) return old;
  if (value === null || isEmpty(value)) {
    const clear = clears("metadata", value === null, switches);
    // Merging an empty object changes nothing, and other servers accept that as well.
    const merged = value !== null && switches.metadata !== "replace";
    return clear && !merged ? undefined : old;
  }
  if (switches.metadata === "replace") return value;
  return merge(old ?? {}, value, switches.metadata === "deep-merge");
}

/** Whether a `null` or an empty value clears the field (true), is ignored (false), or is rejected. */
function clears(field: string, isNull: boolean, { clearing }: StoreSwitches): boolean {
  switch (clearing) {
    case "empty":
      if (isNull) throw new Refusal(400, `${field} must not be null`);
      return true;
    case "null":
      if (!isNull) throw new Refusal(400, `${field} must not be empty`);
      return true;
    case "null-ignoring-empty":
      return isNull;
    case "never":
      return false;
  }
}

function merge(old: Json, patch: Json, deep: boolean): Json {
  // Entries of a Map, because an assignment to a key named `__proto__` would be lost.
  const merged = new Map(Object.entries(old));
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, deep && isJson(value) ? merge(isJson(before) ? before : {}, value, deep) : value);
  }
  return Object.fromEntries(merged);
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for an object without keys. */
export function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
