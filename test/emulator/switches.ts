import type { ClearedAs } from "./wire";

/**
 * One switch for each behaviour that Keycard does not document. They can be changed at any time, and apply
 * from the next request on.
 */
export interface Switches {
  /**
   * What clears a description or metadata in a PATCH.
   * - `empty`: `""` and `{}` clear, `null` is rejected with 400.
   * - `null`: `null` clears, `""` and `{}` are rejected with 400.
   * - `null-ignoring-empty`: `null` clears, `""` and `{}` answer 200 and change nothing.
   * - `never`: all of them answer 200 and change nothing.
   *
   * @defaultValue `empty`
   */
  clearing: "empty" | "null" | "null-ignoring-empty" | "never";
  /**
   * What a PATCH does with metadata: replaces it, merges it key by key at the top level, or merges it at
   * every level (RFC 7396). While merging, a `null` removes its key and `{}` changes nothing.
   *
   * @defaultValue `replace`
   */
  metadata: "replace" | "merge" | "deep-merge";
  /**
   * Which PATCHes increment `version`.
   *
   * @defaultValue `every-update`
   */
  version: "every-update" | "data-only";
  /**
   * Whether a PATCH may change `data.type`. If not, it answers 400.
   *
   * @defaultValue `allowed`
   */
  typeChange: "allowed" | "refused";
  /**
   * Whether a name that is taken within its entity answers 409.
   *
   * @defaultValue `false`
   */
  uniqueNames: boolean;
  /**
   * How a list answers: a bare array; `{items, page_info, pagination}` as Keycard's other lists; 403; 404;
   * 405; or a JSON object that is not a list.
   *
   * @defaultValue `array`
   */
  list: "array" | "items" | "forbidden" | "missing" | "method-not-allowed" | "garbage";
  /**
   * Secrets per page, only while `list` is `items`.
   *
   * @defaultValue `100`
   */
  pageSize: number;
  /**
   * Which cursors the pages have, only while `list` is `items`: each its own, as long as there are further pages; or for
   * ever, with the same first page: always the `same`, two by `turns`, or `fresh` ones; `fresh-empty` has nothing on the
   * pages after the first, and `fresh-full` another secret on each. `none` and `empty` report a further page as long as there
   * is one, and give no cursor or an empty one.
   *
   * @defaultValue `proper`
   */
  cursors: "proper" | "same" | "turns" | "fresh" | "fresh-empty" | "fresh-full" | "none" | "empty";
  /**
   * Whether a GET of one secret, which carries its value, is allowed or answers 403.
   *
   * @defaultValue `allowed`
   */
  readValues: "allowed" | "forbidden";
  /**
   * How answers show a description or metadata that is absent or was cleared.
   *
   * @defaultValue `absent`
   */
  clearedAs: ClearedAs;
  /**
   * How a written name and description are stored: kept, trimmed, in Unicode's normal form C, in lower case,
   * with white space collapsed, or cut at 128 bytes.
   *
   * @defaultValue `kept`
   */
  texts: "kept" | "trimmed" | "nfc" | "lower-case" | "collapsed" | "cut";
  /**
   * How written metadata is stored: kept, its strings trimmed, its numbers and booleans as strings, its keys in
   * lower case, or its empty members dropped. Arrays are kept.
   *
   * @defaultValue `kept`
   */
  metadataValues: "kept" | "trimmed" | "as-text" | "lower-case-keys" | "without-empty";
  /**
   * Whether a key of metadata that is `null` is kept, or dropped before anything else happens, so that it does not even
   * remove a key if metadata is merged.
   *
   * @defaultValue `kept`
   */
  metadataNulls: "kept" | "dropped";
  /**
   * When the service adds `source: "api"` to metadata, and the time to each object in it: never, at every write, or only
   * when it creates or updates a secret.
   *
   * @defaultValue `never`
   */
  ownMetadata: "never" | "always" | "on-create" | "on-update";
  /**
   * Whether the answer to a POST or a PATCH shows what is stored, or repeats what was sent.
   *
   * @defaultValue `kept`
   */
  answersTo: "kept" | "sent";
  /**
   * Where the token endpoint accepts client credentials.
   *
   * @defaultValue `both`
   */
  tokenAuth: "both" | "basic" | "form";
  /**
   * Seconds until an issued token expires, which it then does; `omitted` issues one for 3600 seconds and
   * does not say so.
   *
   * @defaultValue `3600`
   */
  tokenExpiresIn: number | "omitted";
  /**
   * How long after its POST a listing lacks a secret, in milliseconds.
   *
   * @defaultValue `0`
   */
  listLagMs: number;
  /**
   * How long after its POST a GET of one secret answers 404, in milliseconds.
   *
   * @defaultValue `0`
   */
  readLagMs: number;
  /**
   * How long after its POST a PATCH or a DELETE of a secret answers 404, in milliseconds.
   *
   * @defaultValue `0`
   */
  writeLagMs: number;
  /**
   * How far `created_at` and `updated_at` are behind the `Date` header, in milliseconds.
   *
   * @defaultValue `0`
   */
  timesBehindMs: number;
  /**
   * How long a 404 for a zone or an entity that does not exist yet is repeated after that, in milliseconds.
   *
   * @defaultValue `0`
   */
  notFoundCacheMs: number;
  /**
   * How long a name stays taken after its secret was deleted, in milliseconds; only while `uniqueNames` is on.
   *
   * @defaultValue `0`
   */
  nameFreedAfterMs: number;
  /**
   * What happens to fields of a body that the API does not know: 400, or left out with a 200, as was seen for Resources.
   *
   * @defaultValue `rejected`
   */
  unknownFields: "rejected" | "dropped";
  /**
   * How a malformed body is answered: with 400, or with 500 as was seen twice.
   *
   * @defaultValue `400`
   */
  malformedBody: 400 | 500;
  /**
   * The form of error bodies: `{message, code, status}`, or the newer one, which adds `request_id`, `timestamp`, `details` and
   * `path`, and OAuth's form at the token endpoint.
   *
   * @defaultValue `older`
   */
  errorBodies: "older" | "newer";
  /**
   * How many credential providers of the type `keycard-vault` each zone has: `one`, `several`, `none`, or `none-refusing`,
   * which also rejects every new secret with 400.
   *
   * @defaultValue `one`
   */
  vaults: "one" | "several" | "none" | "none-refusing";
  /**
   * Which names of secrets are accepted: all, or those that Keycard's neighbouring endpoints accept: 1 to 255 characters,
   * without HTML tags and control characters.
   *
   * @defaultValue `any`
   */
  names: "any" | "as-neighbours";
}

/** The switches on the effect of a POST or a PATCH. */
export type StoreSwitches = Pick<
  Switches,
  | "texts"
  | "metadataValues"
  | "metadataNulls"
  | "ownMetadata"
  | "clearing"
  | "metadata"
  | "version"
  | "typeChange"
  | "uniqueNames"
  | "timesBehindMs"
  | "nameFreedAfterMs"
  | "names"
>;

/** The default of every switch. */
export const DEFAULT_SWITCHES: Readonly<Switches> = {
  clearing: "empty",
  metadata: "replace",
  version: "every-update",
  typeChange: "allowed",
  uniqueNames: false,
  list: "array",
  pageSize: 100,
  cursors: "proper",
  readValues: "allowed",
  clearedAs: "absent",
  texts: "kept",
  metadataValues: "kept",
  metadataNulls: "kept",
  ownMetadata: "never",
  answersTo: "kept",
  tokenAuth: "both",
  tokenExpiresIn: 3600,
  listLagMs: 0,
  readLagMs: 0,
  writeLagMs: 0,
  timesBehindMs: 0,
  notFoundCacheMs: 0,
  nameFreedAfterMs: 0,
  unknownFields: "rejected",
  malformedBody: 400,
  errorBodies: "older",
  vaults: "one",
  names: "any",
};
