import * as http from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import * as https from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { bulkhead } from "cockatiel";
import { agentsFor, proxySecrets } from "./agents";
import { keycardError, seconds, type Failure } from "./errors";
import { redact } from "./redact";
import { parseRetryAfter } from "./retry-timing";
import { ServerClock } from "./server-clock";

/** One request to Keycard. */
export interface Call {
  /** What it is for, as in "create the secret". */
  action: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With every id in it percent-encoded. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** A UUID, the same for all attempts of one call. */
  requestId: string;
  /** Counts the attempts of one call, from 1. */
  attempt: number;
  /** Values that no error may show. */
  hidden: readonly string[];
}

/** A successful answer. */
export interface Answer {
  status: number;
  /** The parsed JSON; undefined where there is none. */
  body: unknown;
}

const UNREACHED = new Set(["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);
const LONGEST_MESSAGE = 300;

/** Makes single requests over kept-alive connections, never more than a number of them at once. */
export class Exchange {
  readonly clock = new ServerClock();
  private readonly axios: AxiosInstance;
  private readonly slots;
  private readonly transport: typeof http | typeof https;
  private readonly hidden: readonly string[];

  /**
   * @param endpoint - the address of the API, without a slash at its end
   * @param concurrency - the most requests under way at once
   * @param log - takes a line for each request
   */
  constructor(
    endpoint: string,
    userAgent: string,
    concurrency: number,
    private readonly log?: (line: string) => void,
  ) {
    this.slots = bulkhead(concurrency, Infinity);
    this.transport = endpoint.startsWith("https:") ? https : http;
    this.hidden = proxySecrets(endpoint);
    this.axios = axios.create({
      baseURL: endpoint,
      headers: { "User-Agent": userAgent, Accept: "application/json" },
      ...agentsFor(endpoint, concurrency),
      // Its own way through a proxy makes a new connection for each request.
      proxy: false,
      maxRedirects: 0,
      responseType: "text",
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
  }

  /**
   * Sends one request and reads its answer.
   *
   * @param limitMs - how long it may take, in milliseconds; with 0 or less it is not sent
   * @throws a KeycardError for every answer but a readable success
   */
  send(call: Call, limitMs: number): Promise<Answer> {
    return this.slots.execute(async () => {
      if (limitMs <= 0) throw unsent(call);
      const sentAt = performance.now();
      let sent: ClientRequest | undefined;
      let timedOut = false;
      // An abort signal would do the same at the price of eight requests in a hundred.
      const timer = setTimeout(() => {
        timedOut = true;
        sent?.destroy();
      }, limitMs);
      let response: AxiosResponse<string>;
      try {
        response = await this.request(call, (request) => {
          sent = request;
          if (timedOut) sent.destroy();
        });
      } catch (error) {
        this.logged(call, `no answer (${timedOut ? "time-out" : codeOf(error)})`, sentAt);
        throw unanswered(call, timedOut ? `within ${seconds(limitMs)}` : undefined, error);
      } finally {
        clearTimeout(timer);
      }
      this.logged(call, String(response.status), sentAt);
      const date = dateOf(response);
      if (date !== undefined) this.clock.note(date, sentAt, performance.now());
      return read(call, response, this.hidden);
    });
  }

  private request(
    { method, path, query, body, headers, requestId }: Call,
    sent: (request: ClientRequest) => void,
  ): Promise<AxiosResponse<string>> {
    return this.axios.request<string>({
      method,
      url: path,
      headers: { ...headers, "X-Client-Request-ID": requestId },
      transport: {
        request: (options: RequestOptions, answered: (response: IncomingMessage) => void) => {
          const request = this.transport.request(options, answered);
          sent(request);
          return request;
        },
      },
      ...(query && { params: query }),
      ...(body !== undefined && { data: body }),
    });
  }

  /** Says nothing that a header or a body holds. */
  private logged({ method, path, requestId, attempt }: Call, status: string, sentAt: number): void {
    const ms = Math.round(performance.now() - sentAt);
    this.log?.(`keycard: ${method} ${path} ${status} ${ms} ms request ${requestId} attempt ${attempt}`);
  }
}

function read(call: Call, response: AxiosResponse<string>, hidden: readonly string[]): Answer {
  const { status } = response;
  const body = parse(response.data);
  if (status >= 300) throw refused({ ...call, hidden: [...call.hidden, ...hidden] }, response, body);
  if (body === UNREADABLE) throw unreadable(call, status, "something that is not JSON");
  return { status, body };
}

/** The error of a success that cannot be understood, which says as little of what was done as a lost answer. */
export function unreadable(call: Call, status: number, what: string) {
  return keycardError({
    ...facts(call),
    status,
    outcome: "unknown",
    event: `answered ${status} with ${what}`,
    remedy:
      "Check that the endpoint is the address of Keycard's API and that nothing between rewrites answers.",
  });
}

const UNREADABLE = Symbol("not JSON");

function parse(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return UNREADABLE;
  }
}

function refused(call: Call, response: AxiosResponse, body: unknown) {
  const { status } = response;
  const retryAfterMs = parseRetryAfter(header(response, "retry-after"), dateOf(response));
  // A gateway's page for an unknown address is no word of Keycard's about the secret.
  const foreign = status === 404 && body === UNREADABLE;
  return keycardError({
    ...facts(call),
    status,
    // By its definition a 303 points to the result of work that was done.
    outcome: status >= 500 || status === 408 || status === 303 || foreign ? "unknown" : "refused",
    event: `answered ${status}${foreign ? " with a page that is not Keycard's" : said(call, body)}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function said(call: Call, body: unknown): string {
  const { message, code } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const texts = [message, code].filter((text): text is string => typeof text === "string" && text !== "");
  const text = redact(texts.join(", "), call.hidden).replace(/\s+/g, " ").slice(0, LONGEST_MESSAGE);
  return text && `, saying "${text}"`;
}

function unsent(call: Call) {
  return keycardError({
    ...facts(call),
    status: 0,
    outcome: "unreached",
    event: "was not sent, as its time was up",
    remedy: "Run it again later, or allow a call more time.",
  });
}

function unanswered(call: Call, timedOut: string | undefined, error: unknown) {
  const code = codeOf(error);
  // Nothing is sent before the other side has been found and its certificate accepted.
  const lasting =
    code === "ENOTFOUND" || /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_INVALID_URL/.test(code);
  // The same codes end a connection over which something was sent, where the network goes away.
  const established = ["read", "write"].includes(syscallOf(error));
  const unreached = !timedOut && (lasting || (UNREACHED.has(code) && !established));
  return keycardError({
    ...facts(call),
    status: 0,
    outcome: unreached ? "unreached" : "unknown",
    event: unreached
      ? `did not reach Keycard: ${code}`
      : `got no answer${timedOut ? ` ${timedOut}` : `: ${code}`}`,
    ...(lasting && { lasting }),
    ...(/CERT|SELF_SIGNED|UNABLE_TO/.test(code) && {
      remedy:
        "Nobody trusted vouches for the certificate: name that authority's certificate in NODE_EXTRA_CA_CERTS.",
    }),
  });
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown cause";
}

function syscallOf(error: unknown): string {
  const { syscall, cause } = error as { syscall?: string; cause?: { syscall?: string } };
  return syscall ?? cause?.syscall ?? "";
}

function facts({
  action,
  method,
  path,
  requestId,
}: Call): Pick<Failure, "action" | "method" | "path" | "requestId"> {
  return { action, method, path, requestId };
}

function dateOf(response: AxiosResponse): number | undefined {
  const date = Date.parse(header(response, "date") ?? "");
  return Number.isNaN(date) ? undefined : date;
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}
