import * as z from "zod/mini";
import { withoutNulls } from "../json";

const tokenData = z.object({ type: z.literal("token"), token: z.string() });
const passwordData = z.object({ type: z.literal("password"), username: z.string(), password: z.string() });
const data = z.discriminatedUnion("type", [tokenData, passwordData]);

/** The value of a secret. */
export type Data = z.infer<typeof data>;

/** The parts of a value that no error may show. */
export function valuesOf(data: Data): string[] {
  const fields: unknown[] = data.type === "token" ? [data.token] : [data.username, data.password];
  // The state has no text of a value by reference.
  return fields.filter((field) => typeof field === "string");
}

/** A secret as Keycard returns it. @see https://docs.keycard.ai/api */
export interface Secret {
  id: string;
  zoneId: string;
  entityId: string;
  name: string;
  /** Absent if Keycard has none, in whatever form it reports that. */
  description?: string;
  /** Absent if Keycard has none, in whatever form it reports that. */
  metadata?: Record<string, unknown>;
  type: Data["type"];
  /** Counts the changes, from 1. */
  version: number;
  /** RFC 3339. */
  createdAt: string;
  /** RFC 3339. */
  updatedAt: string;
}

/** The answer of a single read, the only one that contains the value. */
export interface SecretWithData extends Secret {
  data: Data;
}

/** The fields of a new secret. */
export interface NewSecret {
  entityId: string;
  name: string;
  description?: string;
  metadata?: Record<string, unknown>;
  data: Data;
}

/** The fields of a PATCH. `null` is an alternative way to clear a field. */
export interface SecretPatch {
  name?: string;
  description?: string | null;
  metadata?: Record<string, unknown> | null;
  data?: Data;
}

const wireSecret = {
  id: z.string().check(z.minLength(1)),
  zone_id: z.string(),
  entity_id: z.string(),
  name: z.string(),
  description: z.nullish(z.string()),
  metadata: z.nullish(z.record(z.string(), z.unknown())),
  version: z.number().check(z.int(), z.minimum(1)),
  created_at: z.string(),
  updated_at: z.string(),
};

/** The answer of a create or an update, or a row of a listing. */
export const secretAnswer = z.pipe(
  z.object({ ...wireSecret, type: z.enum(["token", "password"]) }),
  z.transform((wire): Secret => secretOf(wire, wire.type)),
);

/** The answer of a single read, which has its type only in `data`. */
export const secretWithDataAnswer = z.pipe(
  z.object({ ...wireSecret, data }),
  z.transform((wire): SecretWithData => Object.assign(secretOf(wire, wire.data.type), { data: wire.data })),
);

/** A row of a listing with a type that this release does not know. None of its other fields is certain. */
export interface OtherSecret {
  type: string;
  id?: string;
  entityId?: string;
  name?: string;
}

const TYPES: readonly string[] = ["token", "password"] satisfies Data["type"][];

const optionalText = z.catch(z.optional(z.string()), undefined);

/** A row without a type is invalid: it may be a token or a password. */
const otherSecret = z.pipe(
  z.object({
    type: z.string().check(z.refine((type) => type !== "" && !TYPES.includes(type))),
    id: optionalText,
    entity_id: optionalText,
    name: optionalText,
  }),
  z.transform(({ type, id, entity_id, name }): OtherSecret => ({
    type,
    ...(id !== undefined && { id }),
    ...(entity_id !== undefined && { entityId: entity_id }),
    ...(name !== undefined && { name }),
  })),
);

const rows = z.array(z.union([secretAnswer, otherSecret]));

/** One page of a listing: a bare array, or the form of Keycard's other listings. */
export const secretListAnswer = z.union([
  z.pipe(
    rows,
    z.transform((items): SecretPage => pageOf(items)),
  ),
  z.pipe(
    z.object({
      items: rows,
      page_info: z.nullish(
        z.object({ has_next_page: z.nullish(z.boolean()), end_cursor: z.nullish(z.string()) }),
      ),
    }),
    z.transform(({ items, page_info }): SecretPage => {
      return { ...pageOf(items), ...(page_info?.has_next_page && { next: page_info.end_cursor ?? "" }) };
    }),
  ),
]);

/** The rows of a listing. */
export interface SecretRows {
  secrets: Secret[];
  others: OtherSecret[];
}

/** One page of a listing. */
export interface SecretPage extends SecretRows {
  /** The cursor of the next page, if there is one; empty if the answer does not contain it. */
  next?: string;
}

function pageOf(items: (Secret | OtherSecret)[]): SecretRows {
  const page: SecretRows = { secrets: [], others: [] };
  for (const item of items) {
    if (TYPES.includes(item.type)) page.secrets.push(item as Secret);
    else page.others.push(item);
  }
  return page;
}

/** Assigns each field, because conditional spreads took a third of the time of reading an answer. */
function secretOf(wire: z.infer<z.ZodMiniObject<typeof wireSecret>>, type: Data["type"]): Secret {
  const secret: Secret = {
    id: wire.id,
    zoneId: wire.zone_id,
    entityId: wire.entity_id,
    name: wire.name,
    type,
    version: wire.version,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
  };
  if (wire.description) secret.description = wire.description;
  const metadata = wire.metadata && withoutNulls(wire.metadata);
  if (metadata && Object.keys(metadata).length > 0) secret.metadata = metadata;
  return secret;
}

/** What narrows a listing. */
export interface SecretFilter {
  entityId?: string;
  type?: Data["type"];
}

/** The path of the secrets of a zone. @throws if the id is not valid */
export function secretsPath(zoneId: string): string {
  return `/zones/${segment("zone", zoneId)}/secrets`;
}

/** The path of one secret. @throws if an id is not valid */
export function secretPath(zoneId: string, id: string): string {
  return `${secretsPath(zoneId)}/${segment("secret", id)}`;
}

/**
 * Encodes an id as a path segment. An empty id would address the listing, `undefined` would become an id, and no encoding
 * keeps a segment of dots from being removed.
 *
 * @param id - a string, unless a program or a state contains something else
 */
function segment(what: "zone" | "secret", id: unknown) {
  if (typeof id === "string" && !["", ".", ".."].includes(id)) return encodeURIComponent(id);
  const isPlain = id === null || ["undefined", "number", "boolean"].includes(typeof id);
  const shown = isPlain
    ? String(id)
    : typeof id === "string"
      ? `"${id}"`
      : `A value of the type ${typeof id}`;
  throw new Error(
    `${shown} is not a valid ${what} ID, so nothing was sent. Set the ${what} ID as a string, exactly as Keycard shows it.`,
  );
}
