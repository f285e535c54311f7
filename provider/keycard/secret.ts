import * as z from "zod/mini";
import { withoutNulls } from "../json/same-json";

const tokenData = z.object({ type: z.literal("token"), token: z.string() });
const passwordData = z.object({ type: z.literal("password"), username: z.string(), password: z.string() });
const data = z.discriminatedUnion("type", [tokenData, passwordData]);

/** The value of a secret. */
export type Data = z.infer<typeof data>;

/** What no error may show of a value. */
export function valuesOf(data: Data): string[] {
  const fields: unknown[] = data.type === "token" ? [data.token] : [data.username, data.password];
  // Of a value by reference the state has no text.
  return fields.filter((field) => typeof field === "string");
}

/**
 * A secret as Keycard answers it.
 *
 * @see https://docs.keycard.ai/api
 */
export interface Secret {
  id: string;
  zoneId: string;
  entityId: string;
  name: string;
  /** Absent where Keycard holds none, however it says so. */
  description?: string;
  /** Absent where Keycard holds none, however it says so. */
  metadata?: Record<string, unknown>;
  type: Data["type"];
  /** Counts the changes, from 1. */
  version: number;
  /** RFC 3339. */
  createdAt: string;
  /** RFC 3339. */
  updatedAt: string;
}

/** A secret read singly, which is the only answer that holds the value. */
export interface SecretWithData extends Secret {
  data: Data;
}

/** What a new secret is made of. */
export interface NewSecret {
  entityId: string;
  name: string;
  description?: string;
  metadata?: Record<string, unknown>;
  data: Data;
}

/** What a change of a secret sends; `null` is another way to clear a field. */
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

const typedSecret = z.object({ ...wireSecret, type: z.enum(["token", "password"]) });

const describedSecret = z.pipe(
  typedSecret,
  z.transform((wire): Secret => secretOf(wire, wire.type)),
);

/** The answer of a create, a change or a row of a listing. */
export const secretAnswer = describedSecret;

/** The answer of a single read, whose type stands in `data` alone. */
export const secretWithDataAnswer = z.pipe(
  z.object({ ...wireSecret, data }),
  z.transform((wire): SecretWithData => Object.assign(secretOf(wire, wire.data.type), { data: wire.data })),
);

/** A row of a listing with a type that this release does not know. Nothing else about it is certain. */
export interface OtherSecret {
  type: string;
  id?: string;
  entityId?: string;
  name?: string;
}

const TYPES: readonly string[] = ["token", "password"] satisfies Data["type"][];

const optionalText = z.catch(z.optional(z.string()), undefined);

/** A missing type may be that of a token or a password, so such a row is not one of these. */
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

const rows = z.array(z.union([describedSecret, otherSecret]));

/** One page of a listing: a bare array, or as Keycard's other listings answer. */
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
  /** The cursor of the next page, if there is one; empty if the answer does not tell it. */
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

/** Written out, as conditional spreads took a third of the time that an answer takes to be understood. */
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
