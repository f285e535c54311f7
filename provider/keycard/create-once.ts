import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { KeycardClient } from "./client";
import { failureOf, isNotFound, keycardError, type Failure } from "./errors";
import { valuesOf, type Data, type NewSecret, type Secret } from "./secret";
import { isSince } from "./server-clock";

/** How long the service is given to finish a creation whose answer was lost: a pause before each further look. */
const SETTLING_MS = [0, 1000, 2000];
const MOST_POSTS = 4;

/** What to do about a secret that is there, for the texts of errors: "set the argument `adoptId` to its id". */
export interface Advice {
  takeOver: string;
  startAfresh: string;
}

/** Tells whether a value that was read is the one that was sent. */
type Matches = (data: Data) => boolean | Promise<boolean>;

/** Makes secrets, each of them once, whatever becomes of the answers. */
export class Creations {
  private readonly queues = new Map<string, Promise<unknown>>();

  /**
   * @param claimed - the ids of all secrets that are known to be others; those made are added
   * @param settlingMs - the pauses before each look for a secret that may have been made
   */
  constructor(
    private readonly client: KeycardClient,
    private readonly claimed: Set<string>,
    private readonly advice: Advice,
    private readonly settlingMs: readonly number[] = SETTLING_MS,
  ) {}

  /**
   * Makes a secret. Where it is not known whether a POST has done its work, the secret is looked for before another.
   *
   * @param since - when an earlier run has begun this creation without ever knowing how it ended, by the service's clock
   *   in milliseconds since the epoch; `NaN` where that is not known either
   * @throws a KeycardError; with the outcome `unknown` and `since` where the secret may be there nevertheless
   */
  create(zoneId: string, secret: NewSecret, since?: number): Promise<Secret> {
    // Of two alike that are under way at once nobody could tell which is whose.
    const key = JSON.stringify([zoneId, secret]);
    const turn = (this.queues.get(key) ?? Promise.resolve()).then(() =>
      this.begin(zoneId, secret, since).run(),
    );
    const settled = turn
      .catch(() => undefined)
      .finally(() => {
        if (this.queues.get(key) === settled) this.queues.delete(key);
      });
    this.queues.set(key, settled);
    return turn;
  }

  /**
   * Looks for the secret that an earlier run may have made.
   *
   * @param matches - tells the value that was sent, where the value itself is not known any more
   * @throws a KeycardError where it cannot be found out
   */
  find(zoneId: string, secret: NewSecret, since?: number, matches?: Matches): Promise<Secret | undefined> {
    return this.begin(zoneId, secret, since ?? NaN, matches).find();
  }

  private begin(
    zoneId: string,
    secret: NewSecret,
    since: number | undefined,
    matches: Matches = (data) => isDeepStrictEqual(data, secret.data),
  ): Creation {
    const { client, claimed, advice, settlingMs } = this;
    return new Creation(client, claimed, advice, settlingMs, zoneId, secret, since, matches);
  }
}

/** One creation, from its first POST to the certainty about it. */
class Creation {
  private readonly begun = performance.now();
  private readonly requestId = randomUUID();
  /** The last failure that says nothing of what was done. */
  private doubt: Failure | undefined;
  private posts = 0;

  constructor(
    private readonly client: KeycardClient,
    private readonly claimed: Set<string>,
    private readonly advice: Advice,
    private readonly settlingMs: readonly number[],
    private readonly zoneId: string,
    private readonly secret: NewSecret,
    private readonly openSince: number | undefined,
    private readonly matches: Matches,
  ) {}

  async run(): Promise<Secret> {
    const earlier = this.openSince === undefined ? undefined : await this.find();
    if (earlier) return this.claim(earlier);
    for (;;) {
      const made = await this.post();
      if (made) return this.claim(this.posts === 1 ? made : await this.onlyOneOf(made));
      const found = await this.findSettled();
      if (found) return this.claim(found);
      const pauseMs = this.doubt?.retryAfterMs ?? 0;
      if (this.posts === MOST_POSTS || this.leftMs() <= pauseMs) throw this.notMade();
      await sleep(pauseMs);
    }
  }

  /** The secret that this creation made, or undefined where there is provably none. */
  async find(): Promise<Secret | undefined> {
    const ours = await this.candidates().catch((error: unknown) => {
      throw this.unknown(error);
    });
    if (ours.length > 1) throw this.several(ours.map(({ id }) => id));
    return ours[0];
  }

  /** Undefined where it is not known whether the secret was made. */
  private async post(): Promise<Secret | undefined> {
    this.posts++;
    try {
      const made = await this.client.createSecret(this.zoneId, this.secret, this.options(this.requestId));
      // Another one like it may have come late, and have been taken for this.
      return this.claimed.has(made.id) ? undefined : made;
    } catch (error) {
      const failure = failureOf(error);
      // A name that is taken all of a sudden may be taken by what was sent before.
      const conflict = this.doubt !== undefined && failure?.status === 409;
      if (!failure || (failure.outcome !== "unknown" && !conflict)) throw error;
      this.doubt = failure;
      return undefined;
    }
  }

  /** Looks again for a while, as the service may be at work still. */
  private async findSettled(): Promise<Secret | undefined> {
    for (const pauseMs of this.settlingMs) {
      if (pauseMs > 0 && this.leftMs() <= pauseMs) break;
      await sleep(pauseMs);
      const found = await this.find();
      if (found) return found;
    }
    return undefined;
  }

  /** Where the first POST did its work after all, what the last one made is one too many: its id is certain. */
  private async onlyOneOf(made: Secret): Promise<Secret> {
    this.claimed.add(made.id);
    const late = await this.find().catch(() => undefined);
    if (!late) return made;
    try {
      await this.client.deleteSecret(this.zoneId, made.id);
    } catch {
      throw this.several([late.id, made.id]);
    }
    return late;
  }

  private claim(secret: Secret): Secret {
    this.claimed.add(secret.id);
    return secret;
  }

  private async candidates(): Promise<Secret[]> {
    const { zoneId, secret } = this;
    const listed = await this.client.listSecrets(zoneId, { entityId: secret.entityId }, this.options());
    const alike = listed.filter((other) => !this.claimed.has(other.id) && isAlike(other, secret));
    if (alike.length === 0) return [];
    const since = this.since();
    if (since === undefined) throw new Error("Keycard's answers have no date to compare with");
    const ours: Secret[] = [];
    for (const { id } of alike.filter(({ createdAt }) => isSince(createdAt, since))) {
      const read = await this.client.readSecret(zoneId, id, this.options()).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      if (read && (await this.matches(read.data))) ours.push(read);
    }
    // While the values were read, others may have been made sure of.
    return ours.filter(({ id }) => !this.claimed.has(id));
  }

  private since(): number | undefined {
    const since = this.openSince ?? this.client.clock.earliestAt(this.begun);
    return Number.isNaN(since) ? undefined : since;
  }

  private options(requestId?: string) {
    const hidden = valuesOf(this.secret.data);
    return { totalMs: this.leftMs(), hidden, ...(requestId && { requestId }) };
  }

  private leftMs(): number {
    return Math.floor(this.begun + this.client.totalMs - performance.now());
  }

  private several(ids: string[]): Error {
    return this.failed(
      `Keycard holds ${ids.length} secrets that may be this one: ${ids.join(", ")}. ` +
        `Delete those that nobody uses, and ${this.advice.takeOver} for the one to keep.`,
    );
  }

  private unknown(error: unknown): Error {
    const cause = failureOf(error);
    const why = cause ? `${cause.method} ${cause.path} ${cause.event}` : (error as Error).message;
    const passing = cause?.status === 0 || cause?.status === 429 || (cause?.status ?? 0) >= 500;
    return this.failed(
      `Whether Keycard holds it could not be found out: ${why}. ` +
        (passing
          ? "Run it again: it will be looked for before it is sent."
          : `Look for "${this.secret.name}" of entity ${this.secret.entityId} there: if it was made just now, ` +
            `${this.advice.takeOver}; otherwise ${this.advice.startAfresh}.`),
    );
  }

  /** Nothing was found, which is certain only where the service has said that it is done with the work. */
  private notMade(): Error {
    const answered = this.doubt !== undefined && this.doubt.status > 0;
    return this.failed(
      "Keycard holds no such secret. Run it again; if it stays, give the request id to Keycard's support.",
      answered ? "refused" : "unknown",
    );
  }

  private failed(remedy: string, outcome: Failure["outcome"] = "unknown"): Error {
    const since = this.since();
    return keycardError({
      action: "create the secret",
      method: "POST",
      path: `/zones/${encodeURIComponent(this.zoneId)}/secrets`,
      requestId: this.requestId,
      status: 0,
      event: "was not answered in an earlier run",
      ...this.doubt,
      outcome,
      remedy,
      tried: { attempts: this.posts, ms: performance.now() - this.begun },
      ...(since !== undefined && { since }),
    });
  }
}

function isAlike(other: Secret, secret: NewSecret): boolean {
  return (
    other.entityId === secret.entityId &&
    other.name === secret.name &&
    other.type === secret.data.type &&
    (other.description ?? "") === (secret.description ?? "") &&
    isDeepStrictEqual(other.metadata ?? {}, secret.metadata ?? {})
  );
}
