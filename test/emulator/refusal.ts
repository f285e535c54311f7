const CODES: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
};

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
 * The body of an error: `{message, code, status}` as the management API answers, and `{message}` alone for
 * a 400, as some of its endpoints do.
 */
export function errorBody(status: number, message: string): Record<string, unknown> {
  return status === 400 ? { message } : { message, code: CODES[status] ?? "error", status };
}
