const REDACTED = "[redacted]";

/**
 * Copies a body for logs: everything below `data` except its `type` becomes `[redacted]`, and
 * so do the client secret of a request for a token and the token of its answer.
 */
export function redactBody(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, redacted(key, value)]));
}

function redacted(key: string, value: unknown): unknown {
  if (key === "client_secret" || key === "access_token") return REDACTED;
  if (key !== "data") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return REDACTED;
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => [name, name === "type" ? (content as unknown) : REDACTED]),
  );
}
