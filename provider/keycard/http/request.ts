import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import * as http from "node:http";
import * as https from "node:https";
import { isObject } from "../../json";
import { HiddenValues, safeText } from "../../safety/redact";
import {
  type Agents,
  FollowedTransport,
  Passage,
  type Place,
  agentsFor,
  dropIdle,
  placeOf,
  proxyFor,
} from "./connection";
import { type Call, type Failure, callFacts, keycardError } from "./errors";
import { codeOf, timedOut, unanswered, unsent } from "./failures";
import { type RateHints, RateLimit, RequestQueue, rateHintsOf } from "./rate-limit";
import { type CallTime, ServerClock, inTime } from "./time";

/** A longer answer does not come from Keycard, and would fill the memory before it times out. */
const MOST_MEGABYTES = 64;

/** The options of an exchange. */
export interface ExchangeOptions {
  /** The address of the API, without a trailing slash. */
  endpoint: string;
  /** The setting of the endpoint, as an error names it; absent for the default. */
  endpointFrom?: string;
  /** As in `name/1.2.3`. */
  userAgent: string;
  /** The maximum number of requests at once. */
  concurrency: number;
  /** Receives one line per request, without bodies and headers. */
  log?: (line: string) => void;
}

/** Sends single requests over kept-alive connections, up to a maximum number at once. */
export class Exchange {
  readonly clock = new ServerClock();
  private readonly axios: AxiosInstance;
  /** What the service has shown of its rate limit. */
  readonly rate = new RateLimit();
  private readonly queue: RequestQueue;
  private readonly agents: Agents;
  private readonly transport: typeof http | typeof https;
  private readonly hidden: readonly string[];
  private readonly place: Place;

  constructor(private readonly options: ExchangeOptions) {
    const { endpoint, endpointFrom, userAgent, concurrency } = options;
    const proxy = proxyFor(endpoint);
    this.queue = new RequestQueue(concurrency, this.rate);
    this.agents = agentsFor(proxy, concurrency);
    this.transport = endpoint.startsWith("https:") ? https : http;
    this.hidden = proxy?.secrets ?? [];
    this.place = placeOf(endpoint, endpointFrom, proxy);
    this.axios = axios.create({
      baseURL: endpoint,
      headers: { "User-Agent": userAgent, Accept: "application/json" },
      ...this.agents,
      // Axios itself would open a new connection to the proxy for each request.
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MOST_MEGABYTES * 1024 * 1024,
      responseType: "text",
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
  }

  /**
   * Sends one request and reads its answer. The wait for its turn counts towards the time of the call, not of the attempt: a
   * request that is sent with little time left would end with an unknown result.
   *
   * @param time - the time of the call. If none is left, the request is not sent
   * @param options - the headers, if they are known only when it is the turn of the request; and whether others wait for it
   * @throws a KeycardError unless the answer is a readable success
   */
  async send(
    call: Call,
    time: CallTime,
    { prepare, isUrgent }: { prepare?: () => Promise<Call>; isUrgent?: boolean } = {},
  ): Promise<Answer> {
    if (time.leftMs() > 0) time.waitsFor = () => this.waitsFor();
    if (!(await this.queue.enter(time, isUrgent))) throw unsent(call, time);
    let isAnswered = false;
    try {
      const prepared = prepare ? await prepare() : call;
      if (time.interruption) throw unsent(call, time);
      const sentAt = performance.now();
      const response = await this.exchange(prepared, time, sentAt);
      isAnswered = true;
      const hints = rateHintsIn(response);
      if (response.status === 429) this.rate.limited(sentAt, retryAfterOf(response), hints);
      else this.rate.passed(sentAt, hints);
      return readAnswer(prepared, response, this.hidden);
    } finally {
      if (!isAnswered) this.rate.unanswered();
      this.queue.leave(isUrgent);
    }
  }

  private async exchange(call: Call, time: CallTime, sentAt: number): Promise<AxiosResponse<string>> {
    const limit = time.attempt();
    const passage = new Passage();
    let late: Error | undefined;
    let response: AxiosResponse<string>;
    time.isSent = true;
    try {
      // The wait ends whatever happens to the request.
      response = await inTime(this.request(call, passage), limit.ms, () => {
        late = timedOut(call, passage.phase, limit, this.place, time.interruption);
        // The other connections that were idle as long may be as dead as this one.
        if (passage.isReused && !time.interruption) dropIdle(this.agents, sentAt);
        passage.abandon();
        return late;
      });
    } catch (error) {
      this.logRequest(call, `no answer (${late ? "timed out" : codeOf(error)})`, sentAt);
      if (late) throw late;
      // Axios has no error code for this.
      if (passage.status !== undefined && (error as Error).message.includes("maxContentLength"))
        throw unreadable(call, passage.status, `a body of more than ${MOST_MEGABYTES} MB`);
      throw unanswered(call, passage, error, this.place);
    } finally {
      time.isSent = false;
      // A connection keeps the passage of its first request as long as it is open.
      passage.forget();
    }
    this.logRequest(call, String(response.status), sentAt);
    const date = dateOf(response);
    if (date !== undefined) this.clock.note(date, sentAt, performance.now());
    return response;
  }

  private waitsFor(): string {
    const { perSecond } = this.rate;
    const { concurrency } = this.options;
    if (perSecond !== undefined) {
      const rounded = perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);
      return `Keycard limits the request rate, to about ${rounded} per second`;
    }
    return concurrency === 1
      ? "the only connection was in use"
      : `all ${concurrency} connections were in use`;
  }

  private request(
    { method, path, query, body, headers, requestId }: Call,
    passage: Passage,
  ): Promise<AxiosResponse<string>> {
    return this.axios.request<string>({
      method,
      url: path,
      headers: { ...headers, ...contentType(body), "X-Client-Request-ID": requestId },
      transport: new FollowedTransport(this.transport, passage),
      ...(query && { params: query }),
      ...(body !== undefined && { data: asText(body) }),
    });
  }

  /** Logs nothing from headers or bodies. */
  private logRequest({ method, path, requestId, attempt }: Call, status: string, sentAt: number): void {
    const { log } = this.options;
    if (!log) return;
    const ms = Math.round(performance.now() - sentAt);
    log(`keycard: ${method} ${path} ${status} ${ms} ms request ${requestId} attempt ${attempt}`);
  }
}

/** Serializes everything but forms as JSON, because axios drops some keys when it copies objects, such as `constructor`. */
function asText(body: unknown): unknown {
  return body instanceof URLSearchParams ? body : JSON.stringify(body);
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined || body instanceof URLSearchParams ? {} : { "Content-Type": "application/json" };
}

const LONGEST_MESSAGE = 300;

/** The maximum wait for a `Retry-After`, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** A successful answer. */
export interface Answer {
  status: number;
  /** The parsed JSON; undefined if the body is empty. */
  body: unknown;
}

/**
 * Reads an answer.
 *
 * @param hidden - values that no error may show, in addition to those of the call
 * @throws a KeycardError unless the answer is a readable success
 */
export function readAnswer(call: Call, response: AxiosResponse<string>, hidden: readonly string[]): Answer {
  const { status } = response;
  const body = parse(response.data);
  if (status >= 300) throw refused({ ...call, hidden: [...call.hidden, ...hidden] }, response, body);
  if (body === UNREADABLE) throw unreadable(call, status, "a body that is not JSON");
  return { status, body };
}

/** The error of a success with an unusable body. As with a lost answer, the result is unknown. */
export function unreadable(
  call: Call,
  status: number,
  what: string,
  more: Partial<Failure> = {
    remedy: "Check that the endpoint is the address of Keycard's API, and that no proxy rewrites answers.",
  },
) {
  return keycardError({
    ...callFacts(call),
    status,
    outcome: "unknown",
    isUnreadable: true,
    event: `answered ${status} with ${what}`,
    ...more,
  });
}

/** When the service answered, by its clock, in milliseconds since the epoch. */
function dateOf(response: AxiosResponse): number | undefined {
  const date = Date.parse(header(response, "date") ?? "");
  return Number.isNaN(date) ? undefined : date;
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
  const retryAfterMs = retryAfterOf(response);
  // What answers with a page is not Keycard, and knows nothing about secrets and credentials.
  const isForeign = body === UNREADABLE && status >= 400 && status < 500;
  const { said, ...ids } = saidIn(call, body);
  return keycardError({
    ...callFacts(call),
    ...ids,
    status,
    // By definition, a 303 points to the result of work that was done.
    outcome:
      status >= 500 || status === 408 || status === 303 || (isForeign && status === 404)
        ? "unknown"
        : "refused",
    event: `answered ${status}${isForeign ? " with a body that is not JSON" : said}`,
    ...(isForeign && { isForeign, ...(FOREIGN_REMEDIES[status] && { remedy: FOREIGN_REMEDIES[status] }) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const BETWEEN =
  "The answer is not Keycard's. Check the endpoint, and that no proxy, gateway or firewall before it rejects requests.";

const FOREIGN_REMEDIES: Record<number, string> = {
  400: BETWEEN,
  401: BETWEEN,
  403: BETWEEN,
  404: "The endpoint is probably not the address of Keycard's API. Correct it.",
  405: BETWEEN,
};

/** How long the service asks to wait, in milliseconds up to the limit. It writes seconds or a date. */
export function retryAfterOf(response: AxiosResponse): number | undefined {
  const text = header(response, "retry-after") ?? "";
  const now = dateOf(response) ?? Date.now();
  // A gateway may join two headers, as in "2, 10", which JavaScript reads as a date of 2001.
  const [, seconds] = /^\s*(\d+(?:\.\d+)?)\s*(?:,[\d\s.,]*)?$/.exec(text) ?? [];
  const ms = seconds === undefined ? Date.parse(text) - now : Number(seconds) * 1000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** What an answer tells about the request rate that the service allows. */
function rateHintsIn(response: AxiosResponse): RateHints {
  return rateHintsOf((name) => header(response, name), dateOf(response));
}

/** What the body of an error says: in Keycard's older form, in its newer one, or in that of OAuth 2.0. */
type ErrorBody = Partial<
  Record<"message" | "code" | "error" | "error_description" | "details" | "request_id" | "requestId", unknown>
>;

/** The service's own message, quoted, with its details and its error code; and its ID of the request. */
function saidIn(call: Call, body: unknown): { said: string; serverRequestId?: string } {
  const { message, code, error, error_description, details, request_id, requestId } = (
    isObject(body) ? body : {}
  ) as ErrorBody;
  const hidden = new HiddenValues(call.hidden);
  const show = (text: unknown) => (typeof text === "string" ? safeText(text, hidden, LONGEST_MESSAGE) : "");
  const sentence = show(message ?? error_description);
  const more = detailsIn(details)
    .map(show)
    .filter((text) => text !== "" && !sentence.includes(text));
  const detail = [...new Set(more)].join("; ").slice(0, LONGEST_MESSAGE);
  const name = show(code ?? error);
  const said = `${sentence && `, saying "${sentence}"`}${detail && `, with the details "${detail}"`}${name && ` (code ${name})`}`;
  const id = show(request_id ?? requestId);
  return { said, ...(REQUEST_ID.test(id) && id !== call.requestId && { serverRequestId: id }) };
}

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** The keys of an entry of `details` that tell a place and a reason. Any other may have what was sent. */
const PLACES = ["field", "path", "property", "param", "location"];
const REASONS = ["message", "reason", "description", "detail"];

const MOST_DETAILS = 10;

/** The texts of `details`. Nobody says what it is: a text, an object, or a list of these. */
function detailsIn(details: unknown): string[] {
  if (typeof details === "string") return [details];
  if (Array.isArray(details)) return details.slice(0, MOST_DETAILS).flatMap(detailsIn);
  if (!isObject(details)) return [];
  const text = (names: string[]) =>
    names.map((name) => details[name]).find((value) => typeof value === "string");
  const [place, reason] = [text(PLACES), text(REASONS)];
  return reason === undefined ? [] : [place === undefined ? reason : `${place}: ${reason}`];
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}
