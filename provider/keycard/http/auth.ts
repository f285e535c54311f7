import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod/mini";
import { unreadable } from "./answer";
import { type Call, type Failure, type KeycardError, failureOf, keycardError } from "./errors";
import type { Exchange, Retries } from "./request";
import { uninterruptible } from "./time";

/** Credentials for Keycard: an access token, or the client id and secret of a service account. */
export type Credentials = {
  /** Where they come from, for the user who has to correct them; never their values. */
  source: string;
  /** Other possible causes if they, or calls with them, are rejected, in full sentences. */
  advice?: string;
  /** A possible cause if no access token is returned for them, in full sentences. */
  rejectedAdvice?: string;
} & ({ accessToken: string } | { clientId: string; clientSecret: string });

const TOKEN_PATH = "/service-account-token";
const DEFAULT_LIFETIME_S = 3600;
const LARGEST_MARGIN_S = 60;

/** The pauses before credentials that have worked before are sent again, in milliseconds. */
const RENEWAL_PAUSES_MS = [1_000, 4_000];

const tokenAnswer = z.object({
  access_token: z.string().check(z.minLength(1)),
  // The token is usable even if its lifetime is unreadable.
  expires_in: z.catch(z.nullish(z.number()), undefined),
});

interface Token {
  text: string;
  /** By `performance.now()`, which does not change if the clock is set. */
  renewAt: number;
}

type ClientCredentials = Extract<Credentials, { clientId: string }>;

type ClientAuthentication = (id: string, secret: string) => Pick<Call, "headers" | "body">;

const basicOf = (id: string, secret: string) => Buffer.from(`${id}:${secret}`).toString("base64");

/** Keycard's own clients use two ways to authenticate. */
const inHeader: ClientAuthentication = (id, secret) => ({
  headers: { Authorization: `Basic ${basicOf(id, secret)}` },
  body: new URLSearchParams({ grant_type: "client_credentials" }),
});

const inForm: ClientAuthentication = (id, secret) => ({
  body: new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret }),
});

/** Provides one access token for all calls of the process. */
export class TokenSource {
  private token: Token | undefined;
  private pending: Promise<string> | undefined;
  private refusal: KeycardError | undefined;
  private lastFailure: Failure | undefined;
  private authenticate = inHeader;
  /** True after the credentials have returned a token with the current `authenticate`. */
  private haveWorked = false;

  constructor(
    private readonly credentials: Credentials,
    private readonly exchange: Exchange,
    private readonly retries: Retries,
  ) {}

  /** The current token; undefined if a new one must be requested. */
  get current(): string | undefined {
    if ("accessToken" in this.credentials) return this.credentials.accessToken;
    return this.token && performance.now() < this.token.renewAt ? this.token.text : undefined;
  }

  /**
   * The current token, or a new one; concurrent callers share one request.
   *
   * @throws a KeycardError if no token can be obtained. A failure is not cached, but credentials that never worked are not
   *   tried again, because a service may lock the account.
   */
  async get(): Promise<string> {
    if (this.current !== undefined || "accessToken" in this.credentials) return this.current ?? "";
    const { credentials } = this;
    this.pending ??= uninterruptible(() => this.fetch(credentials)).finally(() => (this.pending = undefined));
    return this.pending;
  }

  /** What callers wait for, and what the request for it last met. */
  get waitsFor(): string {
    const { method, path, event } = this.lastFailure ?? {};
    return `there was no access token yet${event === undefined ? "" : `: ${method} ${path} ${event}`}`;
  }

  /** Forgets a rejected token. Returns whether another one can be requested. */
  drop(text: string): boolean {
    if (this.token?.text === text) this.token = undefined;
    return "clientId" in this.credentials;
  }

  private async fetch(credentials: ClientCredentials): Promise<string> {
    if (this.refusal) throw this.refusal;
    this.lastFailure = undefined;
    const pausesMs = [...RENEWAL_PAUSES_MS];
    for (;;) {
      try {
        this.token = await this.ask(credentials);
        this.haveWorked = true;
        return this.token.text;
      } catch (error) {
        const failure = failureOf(error);
        if (!failure) throw error;
        if (!isRefusal(failure)) throw notSent(failure);
        if (this.haveWorked && pausesMs.length > 0) {
          // Credentials that have worked are seldom wrong now. More likely, the service has a problem.
          await sleep(pausesMs.shift());
        } else if (!this.haveWorked && this.authenticate === inHeader) {
          this.authenticate = inForm;
        } else {
          const { source, rejectedAdvice, advice } = credentials;
          const remedy = [`Keycard rejected ${source}. Correct these credentials.`, rejectedAdvice, advice]
            .filter((sentence) => sentence !== undefined)
            .join(" ");
          throw (this.refusal = notSent({ ...failure, remedy }));
        }
      }
    }
  }

  private ask({ clientId, clientSecret }: ClientCredentials): Promise<Token> {
    const call: Omit<Call, "attempt"> = {
      action: "get an access token",
      method: "POST",
      path: TOKEN_PATH,
      ...this.authenticate(clientId, clientSecret),
      requestId: randomUUID(),
      hidden: [clientSecret, `${clientId}:${clientSecret}`, basicOf(clientId, clientSecret)],
    };
    return this.retries.run(true, async (time, attempt) => {
      try {
        const { status, body } = await this.exchange.send({ ...call, attempt }, time, { isUrgent: true });
        const answer = tokenAnswer.safeParse(body);
        if (!answer.success) throw unreadable({ ...call, attempt }, status, "a body without an access token");
        return tokenFrom(answer.data);
      } catch (error) {
        const failure = failureOf(error);
        if (failure && !failure.isUnsent) this.lastFailure = failure;
        throw error;
      }
    });
  }
}

function isRefusal({ status, isForeign }: Failure): boolean {
  return [400, 401, 403].includes(status) && !isForeign;
}

/** Without a token, the call that needed it was never sent, so even a 404 proves nothing about the secret. */
function notSent(failure: Failure): KeycardError {
  const remedy =
    failure.status === 404
      ? "The endpoint is probably not the address of Keycard's API. Correct it."
      : undefined;
  return keycardError({ ...(remedy && { remedy }), ...failure, outcome: "unreached" });
}

function tokenFrom({ access_token, expires_in }: z.infer<typeof tokenAnswer>): Token {
  const lifetimeS = expires_in ?? DEFAULT_LIFETIME_S;
  const marginS = Math.min(LARGEST_MARGIN_S, lifetimeS / 5);
  return { text: access_token, renewAt: performance.now() + (lifetimeS - marginS) * 1000 };
}

/** Adds to a rejection which credentials were used. */
export function advised(error: unknown, { source, advice }: Credentials): unknown {
  const failure = failureOf(error);
  const isRejection = failure?.status === 401 || failure?.status === 403;
  // A call without a token was not sent, and a page is not Keycard's answer.
  if (!isRejection || failure.isForeign || failure.outcome !== "refused") return error;
  const remedy = `Authenticated with ${source}. Check that these credentials are valid and allowed to manage secrets in this zone.`;
  return keycardError({ ...failure, remedy: advice === undefined ? remedy : `${remedy} ${advice}` });
}
