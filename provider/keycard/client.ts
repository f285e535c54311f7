import { randomUUID } from "node:crypto";
import type * as z from "zod/mini";
import { safeMessage } from "../safety/redact";
import { type DefaultZone, Availability, PAUSES_MS, SeenSecrets, ZoneEvidence } from "./availability";
import { type Answer, unreadable } from "./http/answer";
import { type Credentials, TokenSource, advised } from "./http/auth";
import { type Call, type CallOptions, failureOf, isForbidden, keycardError } from "./http/errors";
import { unsent } from "./http/failures";
import { type ExchangeOptions, Exchange, Retries } from "./http/request";
import { type Limits, type ServerClock, CallTime, inTime } from "./http/time";
import { SecretPages, SharedListings } from "./listings";
import {
  type NewSecret,
  type Secret,
  type SecretFilter,
  type SecretPatch,
  type SecretRows,
  type SecretWithData,
  secretAnswer,
  secretListAnswer,
  secretPath,
  secretWithDataAnswer,
  secretsPath,
  valuesOf,
} from "./wire";

export interface ClientOptions extends ExchangeOptions {
  credentials: Credentials;
  limits: Limits;
  /** Receives lines that may need the user, such as what the client concluded from a search. */
  note?: (line: string) => void;
  /** Receives lines that only inform the user, such as what the client waits for. @defaultValue `note` */
  announce?: (line: string) => void;
  /**
   * The pauses before each further look for something that may appear late, in milliseconds.
   *
   * @defaultValue about 30 s together
   */
  pausesMs?: readonly number[];
  /** The setting that is `false`, as an error names it; absent if values may be read. */
  valuesForbiddenBy?: string;
  /** The setting that forbids to read values, as an error names it. */
  readValuesAt?: string;
  defaultZone?: DefaultZone;
}

/** A request, without an access token and the number of the attempt. */
type Request = Pick<Call, "action" | "method" | "path" | "query" | "body"> & CallOptions & { zoneId: string };

/** An existing zone answers with these if only its listing is not allowed. */
const LISTING_REFUSED = new Set([403, 405]);

/** A client of Keycard's secrets. @see https://docs.keycard.ai/api */
export class KeycardClient {
  /** Listings that many reads share until something is written. */
  readonly listings = new SharedListings(this);
  readonly seen = new SeenSecrets();
  readonly zones = new ZoneEvidence(this);
  readonly pausesMs: readonly number[];
  readonly availability = new Availability(this);
  private readonly announced = new Set<string>();
  private readonly exchange: Exchange;
  private readonly retries: Retries;
  private readonly tokens: TokenSource;
  /** The credential that no message may show. */
  private readonly hidden: readonly string[];

  constructor(private readonly options: ClientOptions) {
    const { credentials, limits } = options;
    this.hidden = "clientSecret" in credentials ? [credentials.clientSecret] : [];
    this.exchange = new Exchange(options);
    const isLimited = () => this.exchange.rate.perSecond !== undefined;
    this.retries = new Retries(limits, (line) => this.announce(line), isLimited);
    this.tokens = new TokenSource(credentials, this.exchange, this.retries);
    this.pausesMs = options.pausesMs ?? PAUSES_MS;
    if (this.defaultZone) this.availability.noteFixedZone(this.defaultZone.id);
  }

  get defaultZone(): DefaultZone | undefined {
    return this.options.defaultZone;
  }

  /**
   * The time of a call, or of an operation of several calls.
   *
   * @param totalMs - the time limit in milliseconds, if it is not that of a call with all its attempts
   * @param extraMs - for what an operation does besides its calls
   */
  timeOf(totalMs = this.options.limits.totalMs, extraMs = 0): CallTime {
    return new CallTime(this.options.limits, totalMs + extraMs);
  }

  get valuesForbiddenBy(): string | undefined {
    return this.options.valuesForbiddenBy;
  }

  get endpoint(): string {
    return this.options.endpoint;
  }

  /** Where the credentials come from, never their values. */
  get credentialSource(): string {
    return this.options.credentials.source;
  }

  /** Gets a token, if there is none. @throws a KeycardError if no token can be obtained */
  async authenticate(): Promise<void> {
    await this.tokens.get();
  }

  /** Prints a line for the user, without secrets that a service or a program may have put into it. */
  note(line: string): void {
    this.options.note?.(safeMessage(line, this.hidden));
  }

  /** Tells once per run that these credentials may list the secrets of a zone, but not read their values. */
  noteUnreadable(zoneId: string): void {
    const key = `unreadable ${zoneId}`;
    if (this.announced.has(key)) return;
    this.announced.add(key);
    const { credentials, readValuesAt = "readValues" } = this.options;
    this.note(
      `Keycard lists the secrets of zone ${zoneId}, but refuses to show their values (403) with ${credentials.source}. A value that ` +
        `may have changed since is sent again, or generated anew, by the next \`pulumi up\`. Set ${readValuesAt} to false to ask for no value.`,
    );
  }

  announce(line: string): void {
    const { announce = this.options.note } = this.options;
    announce?.(safeMessage(line, this.hidden));
  }

  announceOnce(key: string, line: string): void {
    if (this.announced.has(key)) return;
    this.announced.add(key);
    this.announce(line);
  }

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
    this.seen.noteMade(made, sentAt);
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
    ).catch((error: unknown) => {
      const { readValuesAt } = this.options;
      if (!isForbidden(error) || readValuesAt === undefined) throw error;
      const failure = failureOf(error)!;
      const remedy = `${failure.remedy ?? ""} If they may list secrets but not read values, set ${readValuesAt} to false.`;
      throw keycardError({ ...failure, remedy: remedy.trim() });
    });
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
        ...(patch.data && { hidden: valuesOf(patch.data) }),
      },
      secretAnswer,
    );
  }

  /** Deletes a secret. See `removeSecret` for one that may be gone already. `DELETE /zones/{zone_id}/secrets/{id}` */
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
    let query: Record<string, string> = { ...(entityId && { entity_id: entityId }), ...(type && { type }) };
    const { time = this.timeOf(options.totalMs) } = options;
    const pages = new SecretPages();
    for (;;) {
      const after = await this.sendListing({ ...options, time, ...listing(zoneId), query }, (call, answer) =>
        pages.add(call, answer.status, parsed(call, answer, secretListAnswer)),
      );
      if (after === undefined) break;
      query = { ...query, after };
      time.waitsFor = () => "the listing has more pages";
    }
    this.seen.noteShown(pages.rows.secrets);
    return pages.rows;
  }

  /**
   * Requests the listing of a zone to find out whether the zone is visible.
   *
   * @throws a KeycardError if the listing was not returned, which an existing zone may refuse
   */
  async probeZone(zoneId: string): Promise<void> {
    await this.sendListing(listing(zoneId), (call, answer) =>
      this.seen.noteShown(parsed(call, answer, secretListAnswer).secrets),
    );
  }

  private async sendListing<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    try {
      return await this.send(request, read);
    } catch (error) {
      const { outcome, status, isForeign } = failureOf(error) ?? {};
      // A rejected token request, which has another outcome, and a page of a firewall prove nothing about the zone.
      if (outcome === "refused" && !isForeign && LISTING_REFUSED.has(status ?? 0))
        this.seen.noteZone(request.zoneId);
      throw error;
    }
  }

  private call<T>(request: Request, schema: z.ZodMiniType<T>): Promise<T> {
    return this.send(request, (call, answer) => parsed(call, answer, schema));
  }

  private async send<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    try {
      const result = await this.sendAgain(request, read);
      this.seen.noteZone(request.zoneId);
      return result;
    } finally {
      // Even if the write failed, a listing from before it may be outdated.
      if (request.method !== "GET") this.listings.drop();
    }
  }

  /**
   * Sends a call until it succeeds, fails permanently or times out.
   *
   * @param read - returns the result for the answer; an error that it throws is the failure of the attempt
   */
  private sendAgain<T>(request: Request, read: (call: Call, answer: Answer) => T): Promise<T> {
    const { action, method, path, query, body, requestId = randomUUID() } = request;
    const hidden = [...(request.hidden ?? []), ...this.hidden];
    const attempt = async (time: CallTime, number: number) => {
      const call: Call = { action, method, path, query, body, requestId, attempt: number, hidden };
      let token: string | undefined;
      // The token may expire while the call waits for its turn.
      const prepare = async () => {
        token = await this.tokenFor(call, time);
        return { ...call, headers: { Authorization: `Bearer ${token}` }, hidden: [...hidden, token] };
      };
      const sendOnce = async () => read(call, await this.exchange.send(call, time, { prepare }));
      const { credentials } = this.options;
      try {
        return await sendOnce();
      } catch (error) {
        if (failureOf(error)?.status !== 401 || token === undefined || !this.tokens.drop(token))
          throw advised(error, credentials);
      }
      return await sendOnce().catch((error: unknown) => {
        throw advised(error, credentials);
      });
    };
    return this.retries.run(method !== "POST", attempt, request);
  }

  private async tokenFor(call: Call, time: CallTime): Promise<string> {
    const { current } = this.tokens;
    if (current !== undefined) return current;
    time.waitsFor = () => this.tokens.waitsFor;
    return inTime(this.tokens.get(), time.leftMs(), () => unsent(call, time));
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
