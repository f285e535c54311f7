import { randomUUID } from "node:crypto";
import { lengthOf } from "./availability";
import type { KeycardClient } from "./client";
import { type Candidates, type Sought, CreateStart, findCreated } from "./find-created";
import { type Failure, failureOf, keycardError, seconds } from "./http/errors";
import { type CallTime, pause } from "./http/time";
import { type FoundSecret, removeSecret } from "./presence";
import { type NewSecret, type Secret, type SecretWithData, valuesOf } from "./wire";

/** What to do about a secret that exists, as a part of error messages: "set the argument `adoptId` to its id". */
interface Advice {
  takeOver: string;
  startAfresh: string;
}

function remedyForSeveral(ids: string[], { takeOver }: Advice): string {
  return ids.length === 1
    ? `Found a secret that may be this one: ${ids[0]}. To keep it, ${takeOver}. If nobody uses it, delete it.`
    : `Found ${ids.length} secrets that may be this one: ${ids.join(", ")}. ` +
        `Delete those that nobody uses, and ${takeOver} for the one to keep.`;
}

function remedyForNoLook(error: unknown, { name, entityId }: NewSecret, advice: Advice): string {
  const cause = failureOf(error);
  const why = cause ? `${cause.method} ${cause.path} ${cause.event}` : (error as Error).message;
  const isTransient = cause?.status === 0 || cause?.status === 429 || (cause?.status ?? 0) >= 500;
  return (
    `Could not confirm whether the secret was created: ${why.replace(/\.$/, "")}. ` +
    (isTransient
      ? "Run `pulumi up` again; it checks before creating."
      : `Look for "${name}" of entity ${entityId} in Keycard: if it was created just now, ${advice.takeOver}; ` +
        `otherwise ${advice.startAfresh}.`)
  );
}

function remedyForNothing(isCertain: boolean): string {
  return isCertain
    ? "Keycard has no such secret. Run it again. If this keeps happening, contact Keycard support with the request ID."
    : "Could not confirm whether the secret was created: Keycard does not show it yet. " +
        "Run `pulumi up` again; it checks before creating.";
}

/** A gateway or proxy answers with these if it does not know what the service did. */
const GATEWAY_STATUSES = new Set([0, 408, 502, 503, 504]);

/** How long after a creation began its secret may be missing from a listing, in milliseconds. */
const RECENT_MS = 90_000;

interface CreationTools {
  client: KeycardClient;
  /** The ids of all secrets that are known to be different ones. Created secrets are added. */
  claimed: Set<string>;
  advice: Advice;
}

interface Looked extends Candidates {
  /** False if there was no time for all of them. */
  isComplete: boolean;
}

/** One creation, from its first POST until its result is certain. */
class Creation {
  private readonly begin: CreateStart;
  private readonly requestId = randomUUID();
  /** The last failure that left the result unknown. */
  private doubt: Failure | undefined;
  private posts = 0;
  private firstPostAt = 0;
  private hasSearched = false;
  private readonly time: CallTime;

  /**
   * @param earlierSince - when an earlier run began it without learning the result, by the service's clock in milliseconds
   *   since the epoch; `NaN` if that is not known, undefined if this run begins it
   */
  constructor(
    private readonly tools: CreationTools,
    private readonly sought: Sought,
    private readonly earlierSince: number | undefined,
  ) {
    this.begin = new CreateStart(tools.client, earlierSince);
    // The pauses of the first and of the last search do not use up the time of the requests.
    this.time = tools.client.timeOf(undefined, 2 * lengthOf(tools.client.pausesMs));
  }

  async run(): Promise<FoundSecret> {
    const isEarlier = this.earlierSince !== undefined;
    if (isEarlier) {
      const { created, unread, isComplete } = await this.lookWhileRecent();
      const earlier = this.onlyOne(created, unread);
      if (earlier) return this.takeOver(earlier);
      if (!isComplete) throw this.notMade(false);
    }
    for (;;) {
      const made = await this.post();
      if (made) return this.claim(this.posts === 1 && !isEarlier ? made : await this.onlyOneWith(made));
      const { created, unclear, unread, isComplete } = await this.look(this.tools.client.pausesMs, true);
      const found = this.onlyOne(created, unread);
      if (found) return this.takeOver(await this.waitForOthers(found));
      if (unclear.length > 0 && this.posts > 1) throw this.several(unclear.map(({ id }) => id));
      const pauseMs = this.doubt?.retryAfterMs ?? 0;
      // Nothing is sent without the time to search for it afterwards. A name that is taken stays so.
      const neededMs = pauseMs + lengthOf(this.tools.client.pausesMs);
      if (!isComplete || this.time.leftMs() <= neededMs || this.doubt?.status === 409)
        throw this.notMade(isComplete);
      await pause(pauseMs);
    }
  }

  /** Finds the secret that this creation made in an earlier run; undefined if it provably made none. */
  async find(): Promise<Secret | undefined> {
    const { created, unclear, unread, isComplete } = await this.lookWhileRecent();
    const found = this.onlyOne(created, unread);
    if (found) return this.takeOver(found);
    if (unclear.length > 0) throw this.several(unclear.map(({ id }) => id));
    if (!isComplete) throw this.notMade(false);
    return undefined;
  }

  /** Returns undefined if it is unknown whether the secret was created. */
  private async post(): Promise<Secret | undefined> {
    const { zoneId, secret } = this.sought;
    const { client, claimed } = this.tools;
    this.posts++;
    const send = () => {
      if (this.posts === 1) this.firstPostAt = performance.now();
      return client.createSecret(zoneId, secret, this.options(this.requestId));
    };
    try {
      const place = { zoneId, entityId: secret.entityId, name: secret.name };
      const made = await (this.doubt
        ? send()
        : client.availability.waitFor(place, send, () => this.time.leftMs()));
      // An identical secret may have appeared late, and been mistaken for this one.
      return claimed.has(made.id) ? undefined : made;
    } catch (error) {
      const failure = failureOf(error);
      // A name that was free a moment ago may be taken by the secret of the earlier request.
      const conflict = this.doubt !== undefined && failure?.status === 409;
      if (!failure || (failure.outcome !== "unknown" && !conflict)) throw error;
      this.doubt = failure;
      return undefined;
    }
  }

  private lookWhileRecent(): Promise<Looked> {
    return this.look(this.begin.isRecent(RECENT_MS) ? this.tools.client.pausesMs : [], false);
  }

  /**
   * Searches until the secret is found, because the service may still be creating it and its listings may lag.
   *
   * @param endsAtUnclear - true to stop at a secret of unclear age, because another request will tell more than another search
   */
  private async look(pausesMs: readonly number[], endsAtUnclear: boolean): Promise<Looked> {
    let candidates = await this.search();
    for (const pauseMs of pausesMs) {
      const { created, unclear, unread } = candidates;
      if (unread.length === 0 && (created.length > 0 || (endsAtUnclear && unclear.length > 0))) break;
      if (this.time.leftMs() <= pauseMs) return { ...candidates, isComplete: false };
      this.announceLook(pausesMs);
      await pause(pauseMs);
      candidates = await this.search();
    }
    this.hasSearched ||= candidates.unclear.length === 0;
    return { ...candidates, isComplete: true };
  }

  private search(): Promise<Candidates> {
    const { client, claimed } = this.tools;
    return findCreated(client, this.sought, {
      isOther: (id) => claimed.has(id) || this.begin.wasShownBefore(id),
      ageOf: (secret) => this.begin.ageOf(secret),
      options: () => this.options(),
    }).catch((error: unknown) => {
      throw this.failed(remedyForNoLook(error, this.sought.secret, this.tools.advice));
    });
  }

  /** @throws if there are several */
  private onlyOne(created: SecretWithData[], unread: string[]): SecretWithData | undefined {
    const ids = [...created.map(({ id }) => id), ...unread];
    if (ids.length > 1 || unread.length > 0) throw this.several(ids);
    return created[0];
  }

  /** If several requests got no answer, each may have created a secret. The last one gets as much time as a search takes, and half. */
  private async waitForOthers(found: SecretWithData): Promise<SecretWithData> {
    if (this.posts < 2) return found;
    const pauseMs = this.tools.client.pausesMs.at(-1) ?? 0;
    const firstMs = Math.min(performance.now() - this.firstPostAt, lengthOf(this.tools.client.pausesMs));
    const until = performance.now() + 1.5 * firstMs;
    while (performance.now() < until && this.time.leftMs() > pauseMs) {
      await pause(pauseMs);
      const { created, unread } = await this.search();
      this.onlyOne(created, unread);
    }
    return found;
  }

  /** If an earlier request succeeded after all, the secret of the last one is a duplicate, and its id is certain. */
  private async onlyOneWith(made: Secret): Promise<FoundSecret> {
    const { client, claimed } = this.tools;
    claimed.add(made.id);
    // After one complete search, half of the time is enough.
    const { pausesMs } = client;
    const isRecent = this.doubt !== undefined || this.begin.isRecent(RECENT_MS);
    const again = !isRecent ? [] : this.hasSearched ? pausesMs.slice(0, pausesMs.length / 2) : pausesMs;
    const looked = await this.look(again, false).catch((error: unknown) => {
      client.note(`Could not look for a duplicate of the secret ${made.id}: ${(error as Error).message}`);
      return { created: [], unclear: [], unread: [] };
    });
    const others = [...looked.created.map(({ id }) => id), ...looked.unread];
    if (others.length > 1 || looked.unread.length > 0) throw this.several([...others, made.id]);
    const [late] = looked.created;
    if (!late) {
      this.noteTwins(made, looked.unclear);
      return made;
    }
    try {
      await removeSecret(client, { zoneId: this.sought.zoneId, id: made.id }, this.options());
    } catch {
      throw this.several([late.id, made.id]);
    }
    return this.takeOver(late, ` Deleted ${made.id}, the duplicate that the second request had created.`);
  }

  private claim<T extends Secret>(secret: T): T {
    this.tools.claimed.add(secret.id);
    return secret;
  }

  /** A secret that was found by its content may belong to another stack, so this always prints a line. */
  private takeOver(secret: SecretWithData, more = ""): SecretWithData {
    const { client } = this.tools;
    const { name, entityId } = this.sought.secret;
    const why = this.doubt
      ? `${this.doubt.method} ${this.doubt.path} ${this.doubt.event}`
      : "an earlier run got no answer to its create request";
    client.note(
      `Adopted ${secret.id} as the secret "${name}" of entity ${entityId} in zone ${this.sought.zoneId}: ${why}, ` +
        `and ${secret.id} has the content that was sent and was created since.${more} ` +
        "If another stack created it at the same time, both stacks now manage it. Check the other stack with `pulumi stack`." +
        (this.posts > 1 && more === "" ? " The request was sent twice, so check for a duplicate later." : ""),
    );
    return this.claim(secret);
  }

  private noteTwins(made: Secret, twins: Secret[]): void {
    for (const { id, createdAt } of twins) {
      this.tools.client.note(
        `Left the secret ${id} alone, which is identical to ${made.id} and was created shortly before it, at ${createdAt}. ` +
          "Delete it if nobody uses it.",
      );
    }
  }

  private announceLook(pausesMs: readonly number[]): void {
    const { client } = this.tools;
    const { zoneId, secret } = this.sought;
    const { name, entityId } = secret;
    client.announceOnce(
      `look ${this.requestId}`,
      `Looking for up to ${seconds(lengthOf(pausesMs))} for the secret "${name}" of entity ${entityId} in zone ${zoneId}: ` +
        "its create request got no answer, so it is unknown whether Keycard created it.",
    );
  }

  private options(requestId?: string) {
    const hidden = valuesOf(this.sought.secret.data);
    return { time: this.time.ofOneCall(), hidden, ...(requestId && { requestId }) };
  }

  private several(ids: string[]): Error {
    return this.failed(remedyForSeveral(ids, this.tools.advice));
  }

  /** The error if nothing was found. That is certain only if the service itself reported the end of its work. */
  private notMade(isComplete: boolean): Error {
    const isCertain = isComplete && this.doubt !== undefined && !GATEWAY_STATUSES.has(this.doubt.status);
    return this.failed(remedyForNothing(isCertain), isCertain ? "refused" : "unknown");
  }

  private failed(remedy: string, outcome: Failure["outcome"] = "unknown"): Error {
    const { since } = this.begin;
    return keycardError({
      action: "create the secret",
      method: "POST",
      path: `/zones/${encodeURIComponent(this.sought.zoneId)}/secrets`,
      requestId: this.requestId,
      status: 0,
      event: "got no answer in an earlier run",
      ...this.doubt,
      outcome,
      remedy,
      tried: { attempts: this.posts, ms: this.time.spentMs() },
      ...(since !== undefined && { since }),
    });
  }
}

/** Creates each secret exactly once, even if answers are lost. */
export class Creations {
  private readonly tools: CreationTools;
  private readonly queues = new Map<string, Promise<unknown>>();

  /** @param claimed - the ids of all secrets that are known to be different ones. Created secrets are added */
  constructor(client: KeycardClient, claimed: Set<string>, advice: Advice) {
    this.tools = { client, claimed, advice };
  }

  /**
   * Creates a secret. If the result of a POST is unknown, it searches for the secret before it sends another.
   *
   * @param since - when an earlier run began this creation without learning the result, by the service's clock in
   *   milliseconds since the epoch; `NaN` if that is not known
   * @param matches - tells whether a value is the one that an earlier run has sent, if that was another
   * @returns the secret; with its value if it was found, and not made just now
   * @throws a KeycardError; with the outcome `unknown` and `since` if the secret may exist nevertheless
   */
  create(
    zoneId: string,
    secret: NewSecret,
    since?: number,
    matches?: Sought["matches"],
  ): Promise<FoundSecret> {
    // Two identical creations at the same time could not tell their secrets apart.
    const key = JSON.stringify([zoneId, secret]);
    const turn = (this.queues.get(key) ?? Promise.resolve()).then(() =>
      new Creation(this.tools, { zoneId, secret, matches }, since).run(),
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
   * Searches for the secret that an earlier run may have created.
   *
   * @param matches - recognizes the value that was sent, if the value itself is no longer known
   * @throws a KeycardError if the result is unknown
   */
  find(
    zoneId: string,
    secret: NewSecret,
    since?: number,
    matches?: Sought["matches"],
  ): Promise<Secret | undefined> {
    return new Creation(this.tools, { zoneId, secret, matches }, since ?? NaN).find();
  }
}
