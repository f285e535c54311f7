import * as http from "node:http";
import * as https from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { agentsFor, FollowedTransport, Passage, placeOf, type Place, proxyFor } from "./connection";
import { dateOf, readAnswer, unreadable, type Answer } from "./answer";
import type { Call } from "./errors";
import { inTime, type CallTime } from "./time";
import { ServerClock } from "./clock";
import { codeOf, timedOut, unanswered, unsent } from "./failures";

/** Limits the number of requests at once. The others wait in the order in which they came. */
export class Slots {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(count: number) {
    this.free = count;
  }

  /**
   * Takes a slot, which the caller must release.
   *
   * @param limitMs - how long to wait for one, in milliseconds
   * @returns false, with no slot taken, if none became free in time
   */
  async take(limitMs: number): Promise<boolean> {
    if (limitMs <= 0) return false;
    if (this.free > 0) {
      this.free--;
      return true;
    }
    return new Promise((resolve) => {
      const proceed = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(proceed);
        resolve(false);
      }, limitMs);
      this.waiting.add(proceed);
    });
  }

  /** Passes the slot to the request that has waited longest. */
  release(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free++;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}

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
  private readonly slots: Slots;
  private readonly transport: typeof http | typeof https;
  private readonly hidden: readonly string[];
  private readonly place: Place;

  constructor(private readonly options: ExchangeOptions) {
    const { endpoint, endpointFrom, userAgent, concurrency } = options;
    const proxy = proxyFor(endpoint);
    this.slots = new Slots(concurrency);
    this.transport = endpoint.startsWith("https:") ? https : http;
    this.hidden = proxy?.secrets ?? [];
    this.place = placeOf(endpoint, endpointFrom, proxy);
    this.axios = axios.create({
      baseURL: endpoint,
      headers: { "User-Agent": userAgent, Accept: "application/json" },
      ...agentsFor(proxy, concurrency),
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
   * Sends one request and reads its answer. The wait for a slot counts towards the time of the call, not of the attempt: a
   * request that is sent with little time left would end with an unknown result.
   *
   * @param time - the time of the call. If none is left, the request is not sent
   * @throws a KeycardError unless the answer is a readable success
   */
  async send(call: Call, time: CallTime): Promise<Answer> {
    const leftMs = time.leftMs();
    if (leftMs > 0) time.waitedFor = allInUse(this.options.concurrency);
    if (!(await this.slots.take(leftMs))) throw unsent(call, time);
    try {
      if (time.interruption) throw unsent(call, time);
      return await this.exchange(call, time);
    } finally {
      this.slots.release();
    }
  }

  private async exchange(call: Call, time: CallTime): Promise<Answer> {
    const limit = time.attempt();
    const sentAt = performance.now();
    const passage = new Passage();
    let late: Error | undefined;
    let response: AxiosResponse<string>;
    try {
      // The wait ends whatever happens to the request. A signal would end it too, but costs 8 % of the throughput.
      response = await inTime(this.request(call, passage), limit.ms, () => {
        late = timedOut(call, passage.phase, limit, this.place, time.interruption);
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
      // A connection keeps the passage of its first request as long as it is open.
      passage.forget();
    }
    this.logRequest(call, String(response.status), sentAt);
    const date = dateOf(response);
    if (date !== undefined) this.clock.note(date, sentAt, performance.now());
    return readAnswer(call, response, this.hidden);
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

function allInUse(concurrency: number): string {
  return concurrency === 1 ? "the only connection was in use" : `all ${concurrency} connections were in use`;
}

/** Serializes everything but forms as JSON, because axios drops some keys when it copies objects, such as `constructor`. */
function asText(body: unknown): unknown {
  return body instanceof URLSearchParams ? body : JSON.stringify(body);
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined || body instanceof URLSearchParams ? {} : { "Content-Type": "application/json" };
}
