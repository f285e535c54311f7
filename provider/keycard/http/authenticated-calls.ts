import { randomUUID } from "node:crypto";
import type { CallOptions, Call } from "./call";
import type { Answer } from "./answer";
import { Attempts } from "./attempts";
import { inTime, type CallTime, type Limits } from "./call-time";
import type { Credentials } from "./credentials";
import { failureOf, keycardError } from "./errors";
import { Exchange, type ExchangeOptions } from "./exchange";
import type { ServerClock } from "./server-clock";
import { TokenSource } from "./token-source";
import { unsent } from "./unsent";

/** The options of authenticated calls. */
export interface AuthenticatedCallsOptions extends ExchangeOptions {
  credentials: Credentials;
  limits: Limits;
}

/** A request to Keycard, without an access token and the number of the attempt. */
export type Request = Pick<Call, "action" | "method" | "path" | "query" | "body"> &
  CallOptions & {
    /** The time that it shares with other requests; absent if it has its own. */
    time?: CallTime;
  };

/** Sends calls with an access token, which it renews, and retries transient failures. */
export class AuthenticatedCalls {
  /** The credential that no message may show. */
  readonly hidden: readonly string[];
  private readonly exchange: Exchange;
  private readonly attempts: Attempts;
  private readonly tokens: TokenSource;
  private readonly credentials: Credentials;

  constructor(options: AuthenticatedCallsOptions) {
    const { credentials } = options;
    this.credentials = credentials;
    this.hidden = "clientSecret" in credentials ? [credentials.clientSecret] : [];
    this.exchange = new Exchange(options);
    this.attempts = new Attempts(options.limits);
    this.tokens = new TokenSource(credentials, this.exchange, this.attempts);
  }

  /** The service's clock. */
  get clock(): ServerClock {
    return this.exchange.clock;
  }

  /**
   * Sends a call until it succeeds, fails permanently or times out.
   *
   * @param read - returns the result for the answer; an error that it throws is the failure of the attempt
   * @throws a KeycardError
   */
  send<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    const { action, method, path, query, body, requestId = randomUUID() } = request;
    const hidden = [...(request.hidden ?? []), ...this.hidden];
    const attempt = async (time: CallTime, number: number) => {
      // Listed, because a spread of objects of many shapes costs 3 % of the throughput.
      const call: Call = { action, method, path, query, body, requestId, attempt: number, hidden };
      const token = await this.tokenFor(call, time);
      try {
        return await this.sendAs(token, call, time, read);
      } catch (error) {
        if (failureOf(error)?.status !== 401 || !this.tokens.drop(token)) throw error;
        return await this.sendAs(await this.tokenFor(call, time), call, time, read);
      }
    };
    return this.attempts.run(method !== "POST", attempt, request);
  }

  private async tokenFor(call: Call, time: CallTime): Promise<string> {
    const { current } = this.tokens;
    if (current !== undefined) return current;
    time.waitedFor = "there was no access token yet";
    return inTime(this.tokens.get(), time.leftMs(), () => unsent(call, time));
  }

  private async sendAs<T>(
    token: string,
    request: Call,
    time: CallTime,
    read: (call: Call, answer: Answer) => T,
  ): Promise<T> {
    // Listed, because a spread costs 3 % of the throughput.
    const { action, method, path, query, body, requestId, attempt } = request;
    const call: Call = {
      action,
      method,
      path,
      query,
      body,
      requestId,
      attempt,
      headers: { Authorization: `Bearer ${token}` },
      hidden: [...request.hidden, token],
    };
    try {
      return read(call, await this.exchange.send(call, time));
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.status !== 401 && failure?.status !== 403) throw error;
      const { source, advice } = this.credentials;
      const remedy = [
        `Authenticated with ${source}. Check that these credentials are valid and allowed to manage secrets in this zone.`,
        ...(advice === undefined ? [] : [advice]),
      ].join(" ");
      throw keycardError({ ...failure, remedy });
    }
  }
}
