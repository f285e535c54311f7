import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeycardClient } from "../client";
import { failureOf, keycardError, type Failure } from "../http/errors";
import { findCreated, type Sought } from "./find-created";
import { valuesOf, type Secret } from "../secret";

const MOST_POSTS = 4;

/** What to do about a secret that is there, for the texts of errors: "set the argument `adoptId` to its id". */
export interface Advice {
  takeOver: string;
  startAfresh: string;
}

/** What a creation works with. */
export interface CreationTools {
  client: KeycardClient;
  /** The ids of all secrets that are known to be others; those made are added. */
  claimed: Set<string>;
  advice: Advice;
  /** The pauses before each look for a secret that may have been made. */
  settlingMs: readonly number[];
}

/** One creation, from its first POST to the certainty about it. */
export class Creation {
  private readonly begun = performance.now();
  private readonly requestId = randomUUID();
  /** The last failure that says nothing of what was done. */
  private doubt: Failure | undefined;
  private posts = 0;

  /**
   * @param earlierSince - when an earlier run has begun it without ever knowing how it ended, by the service's clock in
   *   milliseconds since the epoch; `NaN` where that is not known either
   */
  constructor(
    private readonly tools: CreationTools,
    private readonly sought: Sought,
    private readonly earlierSince: number | undefined,
  ) {}

  async run(): Promise<Secret> {
    const earlier = this.earlierSince === undefined ? undefined : await this.find();
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
    const { client, claimed } = this.tools;
    const search = { claimed, since: () => this.since(), options: () => this.options() };
    const ours = await findCreated(client, this.sought, search).catch((error: unknown) => {
      throw this.unknown(error);
    });
    if (ours.length > 1) throw this.several(ours.map(({ id }) => id));
    return ours[0];
  }

  /** Undefined where it is not known whether the secret was made. */
  private async post(): Promise<Secret | undefined> {
    const { zoneId, secret } = this.sought;
    const { client, claimed } = this.tools;
    this.posts++;
    try {
      const made = await client.createSecret(zoneId, secret, this.options(this.requestId));
      // Another one like it may have come late, and have been taken for this.
      return claimed.has(made.id) ? undefined : made;
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
    for (const pauseMs of this.tools.settlingMs) {
      if (pauseMs > 0 && this.leftMs() <= pauseMs) break;
      await sleep(pauseMs);
      const found = await this.find();
      if (found) return found;
    }
    return undefined;
  }

  /** Where the first POST did its work after all, what the last one made is one too many: its id is certain. */
  private async onlyOneOf(made: Secret): Promise<Secret> {
    this.tools.claimed.add(made.id);
    const late = await this.find().catch(() => undefined);
    if (!late) return made;
    try {
      await this.tools.client.deleteSecret(this.sought.zoneId, made.id);
    } catch {
      throw this.several([late.id, made.id]);
    }
    return late;
  }

  private claim(secret: Secret): Secret {
    this.tools.claimed.add(secret.id);
    return secret;
  }

  private since(): number | undefined {
    const since = this.earlierSince ?? this.tools.client.clock.earliestAt(this.begun);
    return Number.isNaN(since) ? undefined : since;
  }

  private options(requestId?: string) {
    const hidden = valuesOf(this.sought.secret.data);
    return { totalMs: this.leftMs(), hidden, ...(requestId && { requestId }) };
  }

  private leftMs(): number {
    return Math.floor(this.begun + this.tools.client.totalMs - performance.now());
  }

  private several(ids: string[]): Error {
    return this.failed(
      `Keycard holds ${ids.length} secrets that may be this one: ${ids.join(", ")}. ` +
        `Delete those that nobody uses, and ${this.tools.advice.takeOver} for the one to keep.`,
    );
  }

  private unknown(error: unknown): Error {
    const cause = failureOf(error);
    const { advice } = this.tools;
    const { name, entityId } = this.sought.secret;
    const why = cause ? `${cause.method} ${cause.path} ${cause.event}` : (error as Error).message;
    const passing = cause?.status === 0 || cause?.status === 429 || (cause?.status ?? 0) >= 500;
    return this.failed(
      `Whether Keycard holds it could not be found out: ${why}. ` +
        (passing
          ? "Run it again: it will be looked for before it is sent."
          : `Look for "${name}" of entity ${entityId} there: if it was made just now, ` +
            `${advice.takeOver}; otherwise ${advice.startAfresh}.`),
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
      path: `/zones/${encodeURIComponent(this.sought.zoneId)}/secrets`,
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
