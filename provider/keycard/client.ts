import { randomUUID } from "node:crypto";
import type * as z from "zod/mini";
import { unreadable, type Answer } from "./http/answer";
import { Attempts } from "./http/attempts";
import { Availability } from "./availability";
import { CallTime, inTime, type Limits } from "./http/call-time";
import type { Call } from "./http/call";
import type { CallOptions, SecretFilter } from "./call-options";
import type { Credentials } from "./http/credentials";
import { failureOf, keycardError } from "./http/errors";
import { Exchange, type ExchangeOptions } from "./http/exchange";
import { PAUSES_MS } from "./look-again";
import { safeMessage } from "../safety/safe-error";
import {
  secretAnswer,
  secretListAnswer,
  secretWithDataAnswer,
  valuesOf,
  type NewSecret,
  type Secret,
  type SecretPatch,
  type SecretRows,
  type SecretWithData,
} from "./secret";
import { SecretPages } from "./secret-pages";
import type { ServerClock } from "./http/server-clock";
import { SharedListings } from "./shared-listings";
import { Sightings } from "./sightings";
import { TokenSource } from "./http/token-source";
import { unsent } from "./http/unsent";
import { ZoneEvidence } from "./zone-evidence";

/** The options of a client. */
export interface ClientOptions extends ExchangeOptions {
  credentials: Credentials;
  limits: Limits;
  /** Receives lines for the user: what the client waits for, and what it concluded from a search. */
  note?: (line: string) => void;
  /**
   * The pauses before each further look for something that may appear late, in milliseconds.
   *
   * @defaultValue about 30 s together
   */
  pausesMs?: readonly number[];
  /** The setting that is `false`, as an error names it; absent if values may be read. */
  valuesForbiddenBy?: string;
}

type Request = Pick<Call, "action" | "method" | "path" | "query" | "body"> &
  CallOptions & {
    zoneId: string;
    /** The time that it shares with other requests; absent if it has its own. */
    time?: CallTime;
  };

/** An existing zone answers with these if only its listing is not allowed. */
const LISTING_REFUSED = new Set([403, 405]);

/**
 * A client of Keycard's secrets.
 *
 * @see https://docs.keycard.ai/api
 */
export class KeycardClient {
  /** Listings that many reads share until something is written. */
  readonly listings = new SharedListings(this);
  /** What this run's answers have shown. */
  readonly sightings = new Sightings();
  /** Which zones are visible with these credentials. */
  readonly zones = new ZoneEvidence(this);
  /** The pauses before each further look for something that may appear late, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** Waits for zones, entities and names that are not available yet. */
  readonly availability = new Availability(this);
  private readonly noted = new Set<string>();
  private readonly exchange: Exchange;
  private readonly attempts: Attempts;
  private readonly tokens: TokenSource;

  constructor(private readonly options: ClientOptions) {
    this.exchange = new Exchange(options);
    this.attempts = new Attempts(options.limits);
    this.pausesMs = options.pausesMs ?? PAUSES_MS;
    this.tokens = new TokenSource(options.credentials, this.exchange, this.attempts);
  }

  /** How long a call may take with all its attempts, in milliseconds. */
  get totalMs(): number {
    return this.options.limits.totalMs;
  }

  /** The setting that is `false`, if values must not be read. */
  get valuesForbiddenBy(): string | undefined {
    return this.options.valuesForbiddenBy;
  }

  /** The address of the API. */
  get endpoint(): string {
    return this.options.endpoint;
  }

  /** Where the credentials come from, never their values. */
  get credentialSource(): string {
    return this.options.credentials.source;
  }

  /** Prints a line for the user, without secrets that a service or a program may have put into it. */
  note(line: string): void {
    this.options.note?.(safeMessage(line, secretsOf(this.options.credentials)));
  }

  /** Prints a line for the user once per key. */
  noteOnce(key: string, line: string): void {
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.note(line);
  }

  /** The service's clock. */
  get clock(): ServerClock {
    return this.exchange.clock;
  }

  /**
   * Creates a secret. If it fails with the outcome `unknown`, the secret may have been created. See `Creations`.
   * `POST /zones/{zone_id}/secrets`
   */
  async createSecret(
    zoneId: string,
    { entityId, ...secret }: NewSecret,
    options: CallOptions = {},
  ): Promise<Secret> {
    const sentAt = performance.now();
    const made = await this.call(
      {
        ...options,
        zoneId,
        action: "create the secret",
        method: "POST",
        path: secretsPath(zoneId),
        body: { ...secret, entity_id: entityId },
        hidden: valuesOf(secret.data),
      },
      secretAnswer,
    );
    this.sightings.noteMade(made, sentAt);
    return made;
  }

  /**
   * Reads a secret with its value. `GET /zones/{zone_id}/secrets/{id}`
   *
   * @throws an Error, without sending a request, if values must not be read
   */
  async readSecret(zoneId: string, id: string, options: CallOptions = {}): Promise<SecretWithData> {
    const { valuesForbiddenBy } = this.options;
    if (valuesForbiddenBy !== undefined) {
      throw new Error(
        `Could not read the secret ${id}: ${valuesForbiddenBy} is false, so values must not be read. Set it to true.`,
      );
    }
    return this.call(
      { ...options, zoneId, action: "read the secret", method: "GET", path: secretPath(zoneId, id) },
      secretWithDataAnswer,
    );
  }

  /** Changes the given fields of a secret. `PATCH /zones/{zone_id}/secrets/{id}` */
  patchSecret(zoneId: string, id: string, patch: SecretPatch): Promise<Secret> {
    return this.call(
      {
        zoneId,
        action: "update the secret",
        method: "PATCH",
        path: secretPath(zoneId, id),
        body: patch,
        hidden: patch.data ? valuesOf(patch.data) : [],
      },
      secretAnswer,
    );
  }

  /**
   * Deletes a secret. See `removeSecret` for one that may be gone already.
   * `DELETE /zones/{zone_id}/secrets/{id}`
   */
  async deleteSecret(zoneId: string, id: string, options: CallOptions = {}): Promise<void> {
    await this.send(
      { ...options, zoneId, action: "delete the secret", method: "DELETE", path: secretPath(zoneId, id) },
      () => undefined,
    );
  }

  /** Lists the secrets of a zone, without their values and without those of unknown types. See {@link listRows}. */
  async listSecrets(zoneId: string, filter: SecretFilter = {}, options: CallOptions = {}): Promise<Secret[]> {
    return (await this.listRows(zoneId, filter, options)).secrets;
  }

  /** Lists the secrets of a zone, without their values. `GET /zones/{zone_id}/secrets` */
  async listRows(
    zoneId: string,
    { entityId, type }: SecretFilter = {},
    options: CallOptions = {},
  ): Promise<SecretRows> {
    const query = { ...(entityId && { entity_id: entityId }), ...(type && { type }) };
    const time = new CallTime(this.options.limits, options.totalMs);
    const pages = new SecretPages();
    let after: string | undefined;
    do {
      const request: Request = {
        ...options,
        time,
        ...listing(zoneId),
        query: { ...query, ...(after !== undefined && { after }) },
      };
      after = await this.sendListing(request, (call, answer) =>
        pages.add(call, answer.status, parsed(call, answer, secretListAnswer)),
      );
      time.waitedFor = "the listing has more pages";
    } while (after !== undefined);
    this.sightings.noteShown(pages.rows.secrets);
    return pages.rows;
  }

  /**
   * Requests the listing of a zone to find out whether the zone is visible.
   *
   * @throws a KeycardError if it is not, or if that is unknown
   */
  async probeZone(zoneId: string): Promise<void> {
    try {
      await this.sendListing({ ...listing(zoneId), query: {} }, (call, answer) =>
        this.sightings.noteShown(parsed(call, answer, secretListAnswer).secrets),
      );
    } catch (error) {
      if (!this.sightings.hasSeenZone(zoneId)) throw error;
    }
  }

  private async sendListing<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    try {
      return await this.send(request, read);
    } catch (error) {
      const { method, outcome, status } = failureOf(error) ?? {};
      // The token request can be refused as well, which says nothing about the zone.
      if (method === "GET" && outcome === "refused" && LISTING_REFUSED.has(status ?? 0))
        this.sightings.noteZone(request.zoneId);
      throw error;
    }
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
      const result = await this.attempts.run(request.method !== "POST", attempt, request);
      this.sightings.noteZone(request.zoneId);
      return result;
    } finally {
      // Even if the write failed, a listing from before it may be outdated.
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
  if (!result.success) throw unreadable(call, status, "an unexpected response body");
  return result.data;
}

function listing(zoneId: string) {
  return { zoneId, action: "list the secrets", method: "GET", path: secretsPath(zoneId) } as const;
}

function secretsPath(zoneId: string) {
  return `/zones/${segment("zone", zoneId)}/secrets`;
}

function secretPath(zoneId: string, id: string) {
  return `${secretsPath(zoneId)}/${segment("secret", id)}`;
}

/**
 * Encodes an id as a path segment. An empty id would address the listing, `undefined` would become an id, and no encoding
 * keeps a segment of dots from being removed.
 *
 * @param id - a string, unless a program or a state holds something else
 */
function segment(what: "zone" | "secret", id: unknown) {
  if (typeof id === "string" && !["", ".", ".."].includes(id)) return encodeURIComponent(id);
  const isPlain = id === null || ["undefined", "number", "boolean"].includes(typeof id);
  const shown = isPlain
    ? String(id)
    : typeof id === "string"
      ? `"${id}"`
      : `A value of the type ${typeof id}`;
  throw new Error(
    `${shown} is not a valid ${what} ID, so nothing was sent. Set the ${what} ID as a string, exactly as Keycard shows it.`,
  );
}

function secretsOf(credentials: Credentials): string[] {
  return "clientSecret" in credentials ? [credentials.clientSecret] : [];
}
