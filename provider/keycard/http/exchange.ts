import * as http from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import * as https from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { bulkhead } from "cockatiel";
import { agentsFor, proxySecrets } from "./agents";
import { dateOf, readAnswer, type Answer } from "./answer";
import type { Call } from "./call";
import { seconds } from "./errors";
import { ServerClock } from "./server-clock";
import { codeOf, unanswered, unsent } from "./unanswered";

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
        this.logRequest(call, `no answer (${timedOut ? "time-out" : codeOf(error)})`, sentAt);
        throw unanswered(call, timedOut ? `within ${seconds(limitMs)}` : undefined, error);
      } finally {
        clearTimeout(timer);
      }
      this.logRequest(call, String(response.status), sentAt);
      const date = dateOf(response);
      if (date !== undefined) this.clock.note(date, sentAt, performance.now());
      return readAnswer(call, response, this.hidden);
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
  private logRequest({ method, path, requestId, attempt }: Call, status: string, sentAt: number): void {
    const ms = Math.round(performance.now() - sentAt);
    this.log?.(`keycard: ${method} ${path} ${status} ${ms} ms request ${requestId} attempt ${attempt}`);
  }
}
