import { randomUUID } from "node:crypto";
import type * as z from "zod/mini";
import { unreadable, type Answer } from "./http/answer";
import { Attempts } from "./http/attempts";
import { CallTime, inTime, type Limits } from "./http/call-time";
import type { Call } from "./http/call";
import type { CallOptions, SecretFilter } from "./call-options";
import type { Credentials } from "./http/credentials";
import { failureOf, isNotFound, keycardError } from "./http/errors";
import { Exchange, type ExchangeOptions } from "./http/exchange";
import {
  secretAnswer,
  secretListAnswer,
  secretWithDataAnswer,
  valuesOf,
  type NewSecret,
  type Secret,
  type SecretPatch,
  type SecretWithData,
} from "./secret";
import { SecretPages } from "./secret-pages";
import type { ServerClock } from "./http/server-clock";
import { SharedListings } from "./shared-listings";
import { TokenSource } from "./http/token-source";
import { unsent } from "./http/unsent";

/** What a client of Keycard needs to know. */
export interface ClientOptions extends ExchangeOptions {
  credentials: Credentials;
  limits: Limits;
  /** The setting that forbids to read values, as an error names it; absent where they may be read. */
  valuesForbiddenBy?: string;
}

type Request = Pick<Call, "action" | "method" | "path" | "query" | "body"> &
  CallOptions & {
    /** What it shares with others; absent if its time begins with it. */
    time?: CallTime;
  };

/**
 * A client of Keycard's secrets.
 *
 * @see https://docs.keycard.ai/api
 */
export class KeycardClient {
  /** Listings that are each asked for once, until something is written. */
  readonly listings = new SharedListings(this);
  private readonly exchange: Exchange;
  private readonly attempts: Attempts;
  private readonly tokens: TokenSource;

  constructor(private readonly options: ClientOptions) {
    this.exchange = new Exchange(options);
    this.attempts = new Attempts(options.limits);
    this.tokens = new TokenSource(options.credentials, this.exchange, this.attempts);
  }

  /** How long a call may take with all its attempts, in milliseconds. */
  get totalMs(): number {
    return this.options.limits.totalMs;
  }

  /** The setting that forbids to read values, where one does. */
  get valuesForbiddenBy(): string | undefined {
    return this.options.valuesForbiddenBy;
  }

  /** The service's clock. */
  get clock(): ServerClock {
    return this.exchange.clock;
  }

  /**
   * Makes a secret; where it fails with the outcome `unknown`, the secret may have been made. See `Creations`.
   * `POST /zones/{zone_id}/secrets`
   */
  createSecret(
    zoneId: string,
    { entityId, ...secret }: NewSecret,
    options: CallOptions = {},
  ): Promise<Secret> {
    return this.call(
      {
        ...options,
        action: "create the secret",
        method: "POST",
        path: secretsPath(zoneId),
        body: { ...secret, entity_id: entityId },
        hidden: valuesOf(secret.data),
      },
      secretAnswer,
    );
  }

  /**
   * Reads a secret with its value. `GET /zones/{zone_id}/secrets/{id}`
   *
   * @throws an Error, without a request, where values may not be read
   */
  async readSecret(zoneId: string, id: string, options: CallOptions = {}): Promise<SecretWithData> {
    const { valuesForbiddenBy } = this.options;
    if (valuesForbiddenBy !== undefined) {
      throw new Error(
        `Could not read the secret ${id}: ${valuesForbiddenBy} says that no value may be read.`,
      );
    }
    return this.call(
      { ...options, action: "read the secret", method: "GET", path: secretPath(zoneId, id) },
      secretWithDataAnswer,
    );
  }

  /** Changes the given fields of a secret. `PATCH /zones/{zone_id}/secrets/{id}` */
  patchSecret(zoneId: string, id: string, patch: SecretPatch): Promise<Secret> {
    return this.call(
      {
        action: "update the secret",
        method: "PATCH",
        path: secretPath(zoneId, id),
        body: patch,
        hidden: patch.data ? valuesOf(patch.data) : [],
      },
      secretAnswer,
    );
  }

  /** Deletes a secret; one that is gone already is a success. `DELETE /zones/{zone_id}/secrets/{id}` */
  async deleteSecret(zoneId: string, id: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.send(
        { ...options, action: "delete the secret", method: "DELETE", path: secretPath(zoneId, id) },
        () => undefined,
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Lists the secrets of a zone, without their values. `GET /zones/{zone_id}/secrets` */
  async listSecrets(
    zoneId: string,
    { entityId, type }: SecretFilter = {},
    options: CallOptions = {},
  ): Promise<Secret[]> {
    const query = { ...(entityId && { entity_id: entityId }), ...(type && { type }) };
    const time = new CallTime(this.options.limits, options.totalMs);
    const pages = new SecretPages();
    let after: string | undefined;
    do {
      const request: Request = {
        ...options,
        time,
        action: "list the secrets",
        method: "GET",
        path: secretsPath(zoneId),
        query: { ...query, ...(after !== undefined && { after }) },
      };
      after = await this.send(request, (call, answer) =>
        pages.add(call, answer.status, parsed(call, answer, secretListAnswer)),
      );
      time.waitedFor = "the listing has still more pages";
    } while (after !== undefined);
    return pages.secrets;
  }

  private call<T>(request: Request, schema: z.ZodMiniType<T>): Promise<T> {
    return this.send(request, (call, answer) => parsed(call, answer, schema));
  }

  private async send<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    const { requestId = randomUUID() } = request;
    const attempt = async (time: CallTime, number: number) => {
      const call: Call = {
        ...request,
        requestId,
        attempt: number,
        hidden: [...(request.hidden ?? []), ...secretsOf(this.options.credentials)],
      };
      const token = await this.tokenFor(call, time);
      try {
        return await this.sendAs(token, call, time, read);
      } catch (error) {
        if (failureOf(error)?.status !== 401 || !this.tokens.drop(token)) throw error;
        return await this.sendAs(await this.tokenFor(call, time), call, time, read);
      }
    };
    try {
      return await this.attempts.run(request.method !== "POST", attempt, request);
    } finally {
      // Whatever came of a write, what was listed before is no word on what is there now.
      if (request.method !== "GET") this.listings.drop();
    }
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
    const call: Call = {
      ...request,
      headers: { Authorization: `Bearer ${token}` },
      hidden: [...request.hidden, token],
    };
    try {
      return read(call, await this.exchange.send(call, time));
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.status !== 401 && failure?.status !== 403) throw error;
      const { source, advice } = this.options.credentials;
      const remedy = [
        `Authenticated with ${source}. Check that these credentials are valid and allowed to manage secrets in this zone.`,
        ...(advice === undefined ? [] : [advice]),
      ].join(" ");
      throw keycardError({ ...failure, remedy });
    }
  }
}

function parsed<T>(call: Call, { status, body }: Answer, schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(body);
  if (!result.success) throw unreadable(call, status, "something that is not what Keycard documents");
  return result.data;
}

function secretsPath(zoneId: string) {
  return `/zones/${segment("zone", zoneId)}/secrets`;
}

function secretPath(zoneId: string, id: string) {
  return `${secretsPath(zoneId)}/${segment("secret", id)}`;
}

/**
 * An id as a part of a path. An empty one would name the listing, `undefined` would be taken for an id, and no encoding
 * keeps a path with dots alone from being shortened.
 *
 * @param id - a string, unless a program or a state holds something else
 */
function segment(what: "zone" | "secret", id: unknown) {
  if (typeof id === "string" && !["", ".", ".."].includes(id)) return encodeURIComponent(id);
  const shown =
    typeof id === "string" ? `"${id}"` : id === undefined || id === null ? String(id) : `a ${typeof id}`;
  throw new Error(
    `${shown} cannot be an id of a ${what}, so nothing was sent. Set the ${what}'s id as a string, as Keycard shows it.`,
  );
}

function secretsOf(credentials: Credentials): string[] {
  return "clientSecret" in credentials ? [credentials.clientSecret] : [];
}
