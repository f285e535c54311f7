/**
 * The content of a secret, in the two forms of the API.
 */
export type SecretData =
  { type: "token"; token: string } | { type: "password"; username: string; password: string };

/**
 * A secret as the emulator stores it: the fields of the API's `Secret`, and the plaintext `data`.
 * A description or metadata that is empty or was cleared is absent here, whatever the answers show.
 */
export interface StoredSecret {
  id: string;
  zone_id: string;
  entity_id: string;
  name: string;
  /** At most 128 characters. */
  description?: string;
  metadata?: Record<string, unknown>;
  data: SecretData;
  /** Counts from 1. */
  version: number;
  /** RFC 3339 with milliseconds, by the server's clock. */
  created_at: string;
  /** RFC 3339 with milliseconds, by the server's clock. */
  updated_at: string;
}

/** Body of a POST. A `zone_id` in it is accepted and ignored, in favour of the path. */
export interface NewSecret {
  zone_id?: string;
  entity_id: string;
  name: string;
  description?: string;
  metadata?: Record<string, unknown>;
  data: SecretData;
}

/** Body of a PATCH. */
export interface SecretPatch {
  name?: string;
  description?: string | null;
  metadata?: Record<string, unknown> | null;
  data?: SecretData;
}

/** How an absent description or absent metadata is shown: left out, as `null`, or as `""` and `{}`. */
export type ClearedAs = "absent" | "null" | "empty";

/** The fields that a list, a POST and a PATCH show: a top-level `type`, and no `data`. */
export function withoutData(secret: StoredSecret, clearedAs: ClearedAs): Record<string, unknown> {
  const { data, ...rest } = secret;
  return { ...cleared(clearedAs), ...rest, type: data.type };
}

/** The fields that a GET of one secret shows: the plaintext `data`, and no top-level `type`. */
export function withData(secret: StoredSecret, clearedAs: ClearedAs): Record<string, unknown> {
  return { ...cleared(clearedAs), ...secret };
}

function cleared(clearedAs: ClearedAs): Record<string, unknown> {
  if (clearedAs === "absent") return {};
  return clearedAs === "null" ? { description: null, metadata: null } : { description: "", metadata: {} };
}
