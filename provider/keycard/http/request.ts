import * as http from "node:http";
import * as https from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import {
  agentsFor,
  dropIdle,
  type Agents,
  FollowedTransport,
  Passage,
  placeOf,
  type Place,
} from "./connection";
import { proxyFor } from "./proxy";
import { dateOf, rateHintsIn, readAnswer, retryAfterOf, unreadable, type Answer } from "./answer";
import type { Call } from "./errors";
import { inTime, type CallTime } from "./time";
import { ServerClock } from "./clock";
import { RequestQueue } from "./queue";
import { RateLimit } from "./rate-limit";
import { codeOf, timedOut, unanswered, unsent } from "./failures";

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
