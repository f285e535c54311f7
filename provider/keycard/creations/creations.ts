import type { KeycardClient } from "../client";
import { Creation, type CreationTools } from "./creation";
import type { Advice } from "./creation-errors";
import type { Sought } from "./find-created";
import type { FoundSecret } from "../find-secret";
import type { NewSecret, Secret } from "../secret";

/** Creates each secret exactly once, even if answers are lost. */
export class Creations {
  private readonly tools: CreationTools;
  private readonly queues = new Map<string, Promise<unknown>>();

  /**
   * @param claimed - the ids of all secrets that are known to be different ones. Created secrets are added
   */
  constructor(client: KeycardClient, claimed: Set<string>, advice: Advice) {
    this.tools = { client, availability: client.availability, claimed, advice };
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
