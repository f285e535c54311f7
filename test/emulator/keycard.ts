import { randomInt } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Faults, seededRandom } from "./faults";
import { LatePlaces, type Place } from "./late-places";
import { RateCounter, type RateLimit } from "./rate-limit";
import { RequestLog, TOKEN_PATH, type LoggedRequest } from "./request-log";
import { SecretStore, type PlantedSecret, type SecretEdit } from "./secret-store";
import { buildServer } from "./server";
import { DEFAULT_SWITCHES, type StoreSwitches, type Switches } from "./switches";
import { OTHER_ORGANISATION } from "./token-route";
import { Tokens } from "./tokens";
import type { StoredSecret } from "./wire";

/** The options of an emulator. */
export interface KeycardOptions {
  /**
   * The port on 127.0.0.1; 0 for a free one.
   *
   * @defaultValue `0`
   */
  port?: number;
  /**
   * @defaultValue `emulator-client`
   */
  clientId?: string;
  /**
   * @defaultValue `emulator-client-secret`
   */
  clientSecret?: string;
  /**
   * A bearer token that is always valid.
   *
   * @defaultValue `emulator-access-token`
   */
  accessToken?: string;
  /**
   * The existing zones. Every other one answers 404.
   *
   * @defaultValue any zone
   */
  zones?: readonly string[];
  /**
   * The existing entities. A new secret for another one answers 404.
   *
   * @defaultValue any entity
   */
  entities?: readonly string[];
  /**
   * How far the server's clock is ahead of ours, in milliseconds.
   *
   * @defaultValue `0`
   */
  clockOffsetMs?: number;
  /**
   * Ids of new secrets: 26 letters and digits, as Keycard's, `sec_1`, `sec_2` and so on, or made by a function.
   *
   * @defaultValue `random`
   */
  ids?: "random" | "sequential" | (() => string);
  /** Secrets that exist at the start. */
  secrets?: readonly PlantedSecret[];
  /** Switches that differ from the default. */
  switches?: Partial<Switches>;
  /** Switches on the effect of a POST or a PATCH that differ in single zones. */
  zoneSwitches?: Record<string, Partial<StoreSwitches>>;
  /**
   * Seed of the random numbers behind faults with a probability.
   *
   * @defaultValue `1`
   */
  seed?: number;
  /** Called with each request, including those for tokens, when its answer is sent. */
  onAnswered?: (request: LoggedRequest) => void;
}

/** A request in short, for comparisons. */
export interface Call {
  method: string;
  path: string;
  body?: unknown;
}

/** A running emulator. */
export interface Keycard {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A bearer token that is valid until it is renewed. */
  readonly accessToken: string;
  /** Credentials of an organisation without any of the zones: each of them answers 404. */
  readonly otherOrganisation: { clientId: string; clientSecret: string };
  /** All requests except those for tokens, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** The requests for tokens, in the order of arrival. */
  readonly tokenRequests: readonly LoggedRequest[];
  /** The requests in short: method, path and body. */
  calls(): Call[];
  clearLog(): void;
  /** Copies of all secrets with their content, in the order of their creation. */
  secrets(): StoredSecret[];
  /** A copy of one secret with its content. */
  secret(id: string): StoredSecret | undefined;
  /** When the token or password of a secret last changed, as `updated_at` was then. */
  valueChangedAt(id: string): string | undefined;
  /** Plants a secret. Fields that are not given have defaults (zone `zone_1`, entity `ent_1`). */
  put(secret?: PlantedSecret): StoredSecret;
  /** Changes a secret without the provider's knowledge. Increments `version` and `updated_at` unless they are given. */
  edit(id: string, changes: SecretEdit): StoredSecret;
  /** Deletes a secret without the provider's knowledge. Returns false if there was none. */
  remove(id: string): boolean;
  /** Makes a zone or an entity exist only so many milliseconds after the first request for it. Until then it answers 404. */
  delay(place: Place, ms: number): void;
  /** Limits the request rate from now on, or no longer. */
  limitRate(limit: RateLimit | undefined): void;
  /** Revokes every issued token. The static one stays valid. */
  revokeTokens(): void;
  /** Replaces the static token, as in a rotation, and returns the new one. */
  renewAccessToken(): string;
  readonly switches: Switches;
  readonly faults: Faults;
  /** Ends the server and every connection. */
  close(): Promise<void>;
}

/**
 * Starts the Keycard secrets API in memory on a port of 127.0.0.1.
 *
 * @example
 * ```ts
 * const keycard = await startKeycard({ switches: { clearing: "null" } });
 * keycard.faults.add({ method: "POST", kind: { status: 503, when: "after" } });
 * // ...
 * assert.deepEqual(keycard.calls(), [{ method: "POST", path: "/zones/z1/secrets", body }]);
 * await keycard.close();
 * ```
 */
export async function startKeycard(options: KeycardOptions = {}): Promise<Keycard> {
  const { clientId = "emulator-client", clientSecret = "emulator-client-secret" } = options;
  const { accessToken = "emulator-access-token", clockOffsetMs = 0 } = options;
  const switches: Switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const now = () => Date.now() + clockOffsetMs;
  const switchesOf = (zoneId: string) => ({ ...switches, ...options.zoneSwitches?.[zoneId] });
  const store = new SecretStore(switchesOf, now, idMaker(options.ids ?? "random"));
  const tokens = new Tokens(accessToken);
  const log = new RequestLog();
  const faults = new Faults(seededRandom(options.seed ?? 1), TOKEN_PATH);
  const latePlaces = new LatePlaces();
  const zones = options.zones && new Set(options.zones);
  const entities = options.entities && new Set(options.entities);
  const { onAnswered } = options;
  for (const secret of options.secrets ?? []) store.plant(secret);

  const credentials = { clientId, clientSecret };
  const rate: { counter?: RateCounter | undefined } = {};
  const state = { rate, store, tokens, switches, zones, entities, latePlaces, log, faults };
  const app = buildServer({ ...credentials, ...state, now, onAnswered });
  await app.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const { port } = app.server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    ...credentials,
    get accessToken() {
      return tokens.ready;
    },
    otherOrganisation: OTHER_ORGANISATION,
    requests: log.requests,
    tokenRequests: log.tokenRequests,
    calls: () => log.requests.map(inShort),
    clearLog: () => log.clear(),
    secrets: () => structuredClone(store.all()),
    valueChangedAt: (id) => store.valueChangedAt(id),
    secret: (id) => structuredClone(store.get(id)),
    put: (secret = {}) => structuredClone(store.plant(secret)),
    edit: (id, changes) => structuredClone(store.edit(id, changes)),
    remove: (id) => store.forget(id),
    delay: (place, ms) => latePlaces.delay(place, ms),
    limitRate: (limit) => void (rate.counter = limit && new RateCounter(limit, now)),
    revokeTokens: () => tokens.revokeAll(),
    renewAccessToken: () => tokens.renew(),
    switches,
    faults,
    close: () => app.close(),
  };
}

function inShort({ method, path, body }: LoggedRequest): Call {
  return { method, path, ...(body === undefined ? {} : { body }) };
}

function idMaker(ids: NonNullable<KeycardOptions["ids"]>): () => string {
  if (typeof ids === "function") return ids;
  let count = 0;
  if (ids === "sequential") return () => `sec_${++count}`;
  return () => Array.from({ length: 26 }, () => randomInt(36).toString(36)).join("");
}
