import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { TOKEN_PATH } from "./request-log";
import type { Switches } from "./switches";

const OLDER_CODES: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
};
const NEWER_CODES: Record<number, string> = { ...OLDER_CODES, 400: "bad_request" };

/** Thrown by a route to reject a request. The server turns it into an answer. */
export class Refusal extends Error {
  /**
   * @param status - the HTTP status to answer
   * @param message - for the answer's `message`
   */
  constructor(
    public readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The body of an error.
 *
 * The older form is `{message, code, status}`, and `{message}` alone for a 400, as some of Keycard's endpoints answer it. The
 * newer one is that of its policy service in 2026, and at the token endpoint that of OAuth 2.0 with a `requestId`. Nobody says
 * what the entries of `details` are: here they are the message's parts.
 */
export function errorBody(
  status: number,
  message: string,
  request: FastifyRequest,
  { errorBodies }: Pick<Switches, "errorBodies">,
): Record<string, unknown> {
  if (errorBodies === "older") {
    return status === 400 ? { message } : { message, code: OLDER_CODES[status] ?? "error", status };
  }
  const path = request.url.split("?", 1)[0] ?? "";
  if (path === TOKEN_PATH) {
    const error = status === 401 ? "invalid_client" : status === 400 ? "invalid_request" : "access_denied";
    return { error, error_description: message, requestId: randomUUID() };
  }
  return {
    status,
    code: NEWER_CODES[status] ?? "error",
    message,
    request_id: randomUUID(),
    timestamp: new Date().toISOString(),
    details: status === 400 ? message.split(", ") : [],
    path,
  };
}
