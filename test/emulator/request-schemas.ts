/** JSON schemas of the requests. Everything that they do not name is rejected. */

const tokenData = {
  type: "object",
  additionalProperties: false,
  required: ["type", "token"],
  properties: { type: { const: "token" }, token: { type: "string" } },
};

const passwordData = {
  type: "object",
  additionalProperties: false,
  required: ["type", "username", "password"],
  properties: {
    type: { const: "password" },
    username: { type: "string" },
    password: { type: "string" },
  },
};

const data = { oneOf: [tokenData, passwordData] };
const description = { type: "string", maxLength: 128 };
const metadata = { type: "object" };
const noQuery = { type: "object", additionalProperties: false };

/** A POST of a secret. */
export const createSchema = {
  querystring: noQuery,
  body: {
    type: "object",
    additionalProperties: false,
    required: ["name", "entity_id", "data"],
    properties: {
      zone_id: { type: "string" },
      entity_id: { type: "string" },
      name: { type: "string" },
      description,
      metadata,
      data,
    },
  },
};

/** A PATCH. It accepts `null`, which a switch handles. */
export const patchSchema = {
  querystring: noQuery,
  body: {
    type: "object",
    additionalProperties: false,
    properties: {
      name: { type: "string" },
      description: { ...description, nullable: true },
      metadata: { ...metadata, nullable: true },
      data,
    },
  },
};

/** A body without the fields that its schema does not know, also those in `data`. */
export function withKnownFields(method: string, body: unknown): unknown {
  const known = (method === "POST" ? createSchema : patchSchema).body.properties;
  if (!isJson(body)) return body;
  const { data: content, ...rest } = only(known, body);
  if (!isJson(content)) return content === undefined ? rest : { ...rest, data: content };
  const form = content["type"] === "password" ? passwordData : tokenData;
  return { ...rest, data: only(form.properties, content) };
}

function only(known: object, body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => Object.hasOwn(known, key)));
}

function isJson(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A GET of one secret, and a DELETE. */
export const singleSchema = { querystring: noQuery };

/** A listing. `after`, `cursor` and `limit` are those of Keycard's other lists. */
export const listSchema = {
  querystring: {
    type: "object",
    additionalProperties: false,
    properties: {
      entity_id: { type: "string" },
      type: { type: "string", enum: ["token", "password"] },
      owner_type: { type: "string", enum: ["platform", "customer"] },
      after: { type: "string" },
      cursor: { type: "string" },
      limit: { type: "string", pattern: "^[1-9][0-9]*$" },
    },
    // As the documentation of the parameter says.
    dependencies: { owner_type: ["type"] },
  },
};
