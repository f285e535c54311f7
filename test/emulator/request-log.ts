import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import type { FaultKind } from "./faults";

/** One request as it arrived, and its result. */
export interface LoggedRequest {
  method: string;
  /** As sent: still percent-encoded, without the query. */
  path: string;
  query: Record<string, unknown>;
  /** As parsed; absent if there was none, or if it was malformed. */
  body?: unknown;
  headers: IncomingHttpHeaders;
  /** The header `X-Client-Request-ID`. */
  requestId?: string;
  /** The status answered; absent until then. */
  status?: number | "dropped";
  /** Milliseconds since 1970, by our clock. */
  startedAt: number;
  /** The fault that hit the request. */
  fault?: FaultKind;
}

/** The path of the token endpoint. */
export const TOKEN_PATH = "/service-account-token";

/** The requests in the order of arrival, with those for tokens separate. */
export class RequestLog {
  readonly requests: LoggedRequest[] = [];
  readonly tokenRequests: LoggedRequest[] = [];
  readonly #entries = new WeakMap<FastifyRequest, LoggedRequest>();

  /** Starts the entry of a request. */
  open(request: FastifyRequest): LoggedRequest {
    const path = request.url.split("?", 1)[0] ?? "";
    const requestId = request.headers["x-client-request-id"];
    const entry: LoggedRequest = {
      method: request.method,
      path,
      query: { ...(request.query as Record<string, unknown>) },
      headers: request.headers,
      ...(typeof requestId === "string" ? { requestId } : {}),
      startedAt: Date.now(),
    };
    this.#entries.set(request, entry);
    (path === TOKEN_PATH ? this.tokenRequests : this.requests).push(entry);
    return entry;
  }

  /** The entry of a pending request. */
  of(request: FastifyRequest): LoggedRequest | undefined {
    return this.#entries.get(request);
  }

  clear(): void {
    this.requests.length = 0;
    this.tokenRequests.length = 0;
  }
}
