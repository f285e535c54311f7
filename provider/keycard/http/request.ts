import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import * as http from "node:http";
import * as https from "node:https";
import { type Answer, dateOf, rateHintsIn, readAnswer, retryAfterOf, unreadable } from "./answer";
import {
  type Agents,
  type Place,
  FollowedTransport,
  Passage,
  agentsFor,
  dropIdle,
  placeOf,
  proxyFor,
} from "./connection";
import {
  type Call,
  type CallOptions,
  type Failure,
  failureOf,
  isNotFound,
  keycardError,
  seconds,
} from "./errors";
import { codeOf, timedOut, unanswered, unsent } from "./failures";
import { RateLimit, RequestQueue } from "./rate-limit";
import { type Limits, CallTime, ServerClock, inTime, pause } from "./time";

/** A longer answer does not come from Keycard, and would fill the memory before it times out. */
const MOST_MEGABYTES = 64;

export interface ExchangeOptions {
  /** The address of the API, without a trailing slash. */
  endpoint: string;
  /** The setting of the endpoint, as an error names it; absent for the default. */
  endpointFrom?: string;
  /** As in `name/1.2.3`. */
  userAgent: string;
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

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 20_000;

/** The last attempt begins at least so long before the time is up, in milliseconds. */
const LAST_ATTEMPT_MS = 2_000;

/** How long unreadable answers are retried, in milliseconds: a service that starts sends them, and a wrong address. */
const UNREADABLE_MS = 12_000;

/** The part of the time of a call that they may use up. */
const UNREADABLE_PART = 1 / 4;

/** A line says what a call waits for if it takes longer, in milliseconds. */
const SILENT_MS = 15_000;

const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
const NOT_DONE_STATUSES = new Set([425, 429]);

type RetryOptions = Pick<CallOptions, "totalMs" | "givesUp"> & { time?: CallTime };

/** Retries calls that failed for a transient cause, as long as their time lasts. */
export class Retries {
  /** A later call that waits for the same outage says nothing, by `performance.now()`. */
  private announcedUntil = 0;

  /**
   * @param announce - receives a line about a call that takes long
   * @param isLimited - tells whether the service limits the request rate
   */
  constructor(
    private readonly limits: Limits,
    private readonly announce: (line: string) => void = () => undefined,
    private readonly isLimited: () => boolean = () => false,
  ) {}

  /**
   * Runs a call until it succeeds, fails permanently or times out.
   *
   * @param isRepeatable - false if a second call could do the work twice. Then it is retried only if it was certainly not done
   * @param attempt - makes one attempt, with the time of the call; `number` counts from 1
   * @param options - the time limit for all attempts, if it is less than usual, or the time that this call shares with
   *   others; and when to give up early
   */
  async run<T>(
    isRepeatable: boolean,
    attempt: (time: CallTime, number: number) => Promise<T>,
    {
      totalMs = Infinity,
      time = new CallTime(this.limits, Math.min(totalMs, this.limits.totalMs)),
      givesUp,
    }: RetryOptions = {},
  ): Promise<T> {
    const failures: Failure[] = [];
    let lastError: unknown;
    let unreadableSince: number | undefined;
    const longestMs = Math.min(UNREADABLE_MS, UNREADABLE_PART * time.leftMs());
    const watch = setInterval(() => this.announceWait(time, failures.at(-1)), SILENT_MS).unref();
    try {
      for (;;) {
        try {
          return await attempt(time, failures.length + 1);
        } catch (error) {
          const failure = failureOf(error);
          if (!failure) throw error;
          // What an earlier attempt met says more than that there was no time for another.
          if (failure.isUnsent && lastError !== undefined) throw summaryOf(lastError, failures, time);
          lastError = error;
          failures.push(failure);
          if (failure.status === 429) time.noteLimited();
          if (failure.isUnreadable) unreadableSince ??= performance.now();
          const unreadableMs = unreadableSince === undefined ? 0 : performance.now() - unreadableSince;
          const pauseMs = this.pauseAfter(failures, time);
          const triesAgain =
            pauseMs !== undefined &&
            (unreadableMs < longestMs || !failure.isUnreadable) &&
            mayPass(failure, isRepeatable) &&
            !givesUp?.(failure, failures.length);
          if (!triesAgain) throw summaryOf(error, failures, time);
          // The last attempt is made at the end of that time, not after the next pause.
          await pause(failure.isUnreadable ? Math.min(pauseMs, longestMs - unreadableMs) : pauseMs);
          if (time.leftMs() <= 0) throw summaryOf(error, failures, time);
        }
      }
    } finally {
      clearInterval(watch);
    }
  }

  /** How long to wait before the next attempt; undefined if there is no time for it. */
  private pauseAfter(failures: readonly Failure[], time: CallTime): number | undefined {
    const { status, retryAfterMs = 0 } = failures.at(-1) ?? {};
    const leftMs = time.leftMs();
    // An attempt that the time limit cuts short would replace a known failure by a timeout.
    if (leftMs <= retryAfterMs) return undefined;
    // The queue holds the request back, together with all others.
    if (status === 429) return 0;
    const pauseMs = pauseBefore(failures.filter((each) => each.status !== 429).length + 1, retryAfterMs);
    const latestMs = leftMs - Math.min(LAST_ATTEMPT_MS, this.limits.attemptMs);
    return latestMs > 0 && latestMs >= retryAfterMs ? Math.min(pauseMs, latestMs) : undefined;
  }

  /** Says what takes long, once until the time of this call is up. Waiting for other calls needs no line. */
  private announceWait(time: CallTime, failure: Failure | undefined): void {
    const now = performance.now();
    const isLimited = this.isLimited() && (!failure || failure.status === 429);
    if (now < this.announcedUntil || (!failure && !time.isSent && !isLimited)) return;
    const leftMs = time.leftMs();
    this.announcedUntil = now + leftMs;
    const what = failure
      ? `${failure.method} ${failure.path} ${failure.event}`
      : "a request got no answer yet";
    const until = new Date(Date.now() + leftMs).toISOString().slice(11, 19);
    this.announce(
      isLimited
        ? `Waiting for Keycard: ${time.waitsFor()}. Requests are sent one after the other as long as they get through.`
        : `Waiting for Keycard: ${what}. Trying again until ${until} UTC, for up to ${seconds(leftMs)} more.`,
    );
  }
}

/**
 * How long to wait before an attempt: exponential backoff with jitter, and at least as long as the service asks.
 *
 * @param attempt - the number of the next attempt, from 2
 */
export function pauseBefore(attempt: number, retryAfterMs = 0): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 2));
  return Math.max(retryAfterMs, Math.round((longest * (1 + Math.random())) / 2));
}

function mayPass({ status, outcome, tried, lasting }: Failure, isRepeatable: boolean): boolean {
  if (tried || lasting) return false;
  if (outcome === "unreached" || NOT_DONE_STATUSES.has(status)) return true;
  return isRepeatable && outcome === "unknown" && (status < 300 || PASSING_STATUSES.has(status));
}

function summaryOf(error: unknown, failures: readonly Failure[], time: CallTime): unknown {
  const last = failures.at(-1);
  if (!last) return error;
  // An earlier attempt may have succeeded, even if a later one was refused or never arrived.
  const isInDoubt = failures.some(({ outcome }) => outcome === "unknown") && !isNotFound(error);
  const outcome = isInDoubt ? "unknown" : last.outcome;
  if (last.tried && outcome === last.outcome) return error;
  return keycardError({
    ...last,
    outcome,
    tried: last.tried ?? { attempts: failures.length, ms: time.spentMs() },
  });
}
