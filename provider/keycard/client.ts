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

/** What a client of Keycard needs to know. */
export interface ClientOptions extends ExchangeOptions {
  credentials: Credentials;
  limits: Limits;
  /** Takes a line for people that may need them, such as what was concluded from a search. */
  note?: (line: string) => void;
  /**
   * Takes a line for people that only informs them, such as what is waited for.
   *
   * @defaultValue `note`
   */
  announce?: (line: string) => void;
  /**
   * The pauses before each further look for something that may appear late, in milliseconds.
   *
   * @defaultValue about 30 s together
   */
  pausesMs?: readonly number[];
  /** The setting that forbids to read values, as an error names it; absent where they may be read. */
  valuesForbiddenBy?: string;
}

type Request = Pick<Call, "action" | "method" | "path" | "query" | "body"> &
  CallOptions & {
    zoneId: string;
    /** What it shares with others; absent if its time begins with it. */
    time?: CallTime;
  };

/** With these an existing zone refuses its listing alone. */
const LISTING_REFUSED = new Set([403, 405]);

/**
 * A client of Keycard's secrets.
 *
 * @see https://docs.keycard.ai/api
 */
export class KeycardClient {
  /** Listings that are each asked for once, until something is written. */
  readonly listings = new SharedListings(this);
  /** What this run's answers have shown. */
  readonly sightings = new Sightings();
  /** Which zones are visible with these credentials. */
  readonly zones = new ZoneEvidence(this);
  /** The pauses before each further look for something that may appear late, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** Waits for what is not available yet. */
  readonly availability = new Availability(this);
  private readonly announced = new Set<string>();
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

  /** The setting that forbids to read values, where one does. */
  get valuesForbiddenBy(): string | undefined {
    return this.options.valuesForbiddenBy;
  }

  /** The address of the API. */
  get endpoint(): string {
    return this.options.endpoint;
  }

  /** Where the credentials came from, never their value. */
  get credentialSource(): string {
    return this.options.credentials.source;
  }

  /** Tells people something; what a service or a program puts into it may be anything. */
  note(line: string): void {
    this.options.note?.(safeMessage(line, secretsOf(this.options.credentials)));
  }

  /** Tells people what takes a while. */
  announce(line: string): void {
    const { announce = this.options.note, credentials } = this.options;
    announce?.(safeMessage(line, secretsOf(credentials)));
  }

  /** The same once, however often it happens. */
  announceOnce(key: string, line: string): void {
    if (this.announced.has(key)) return;
    this.announced.add(key);
    this.announce(line);
  }

  /** The service's clock. */
  get clock(): ServerClock {
    return this.exchange.clock;
  }

  /**
   * Makes a secret; where it fails with the outcome `unknown`, the secret may have been made. See `Creations`.
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
      time.waitedFor = "the listing has still more pages";
    } while (after !== undefined);
    this.sightings.noteShown(pages.rows.secrets);
    return pages.rows;
  }

  /**
   * Asks for the listing of a zone, to learn whether the zone is visible.
   *
   * @throws a KeycardError if it is not, or if that could not be found out
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
      // The request for a token can be refused as well, which tells nothing about the zone.
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
 * An id as a part of a path. An empty one would name the listing, `undefined` would be taken for an id, and no encoding
 * keeps a path with dots alone from being shortened.
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
    `${shown} cannot be an id of a ${what}, so nothing was sent. Set the ${what}'s id as a string, as Keycard shows it.`,
  );
}

function secretsOf(credentials: Credentials): string[] {
  return "clientSecret" in credentials ? [credentials.clientSecret] : [];
}
