import * as http from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import * as https from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { agentsFor } from "./agents";
import { dateOf, readAnswer, unreadable, type Answer } from "./answer";
import type { Call } from "./call";
import { inTime, type CallTime } from "./call-time";
import { Passage } from "./passage";
import { placeOf, type Place } from "./place";
import { proxyFor } from "./proxy";
import { ServerClock } from "./server-clock";
import { Slots } from "./slots";
import { codeOf, timedOut, unanswered } from "./unanswered";
import { unsent } from "./unsent";

/** A longer answer is none of Keycard's, and would fill the memory before its time is up. */
const MOST_MEGABYTES = 64;

/** What an exchange needs to know. */
export interface ExchangeOptions {
  /** The address of the API, without a slash at its end. */
  endpoint: string;
  /** The setting that it comes from, as an error names it; absent for the default. */
  endpointFrom?: string;
  /** As in `name/1.2.3`. */
  userAgent: string;
  /** The most requests under way at once. */
  concurrency: number;
  /** Takes a line for each request, with neither body nor header in it. */
  log?: (line: string) => void;
}

/** Makes single requests over kept-alive connections, never more than a number of them at once. */
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
      // Its own way through a proxy makes a new connection for each request.
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MOST_MEGABYTES * 1024 * 1024,
      responseType: "text",
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
  }

  /**
   * Sends one request and reads its answer. The wait for a slot is a part of the call, and no part of the attempt: a request
   * that is sent with little time left is one whose outcome nobody learns.
   *
   * @param time - the time of the call; a request that has none left is not sent
   * @throws a KeycardError for every answer but a readable success
   */
  async send(call: Call, time: CallTime): Promise<Answer> {
    const leftMs = time.leftMs();
    if (leftMs > 0) time.waitedFor = `all ${this.options.concurrency} connections were in use`;
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
    // Whatever becomes of the request, the wait for it ends. A signal would end it too, but costs eight requests in a hundred.
    const response = await inTime(this.request(call, passage), limit.ms, () => {
      late = timedOut(call, passage.phase, limit, this.place, time.interruption);
      passage.abandon();
      return late;
    }).catch((error: unknown) => {
      this.logRequest(call, `no answer (${late ? "timed out" : codeOf(error)})`, sentAt);
      if (late) throw late;
      // Axios has no code of its own for this.
      if (passage.status !== undefined && (error as Error).message.includes("maxContentLength"))
        throw unreadable(call, passage.status, `more than ${MOST_MEGABYTES} MB`);
      throw unanswered(call, passage, error, this.place);
    });
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
      transport: {
        request: (options: RequestOptions, answered: (response: IncomingMessage) => void) => {
          passage.request = this.transport.request(
            Object.assign(options, { passage }),
            (response: IncomingMessage) => {
              passage.status = response.statusCode;
              answered(response);
            },
          );
          return passage.request;
        },
      },
      ...(query && { params: query }),
      ...(body !== undefined && { data: asText(body) }),
    });
  }

  /** Says nothing that a header or a body holds. */
  private logRequest({ method, path, requestId, attempt }: Call, status: string, sentAt: number): void {
    const ms = Math.round(performance.now() - sentAt);
    this.options.log?.(
      `keycard: ${method} ${path} ${status} ${ms} ms request ${requestId} attempt ${attempt}`,
    );
  }
}

/** A form as it is, and all else as JSON: by itself, axios copies objects without some of their keys, such as `constructor`. */
function asText(body: unknown): unknown {
  return body instanceof URLSearchParams ? body : JSON.stringify(body);
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined || body instanceof URLSearchParams ? {} : { "Content-Type": "application/json" };
}
