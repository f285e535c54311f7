import type { KeycardClient } from "../client";
import { Creation, type CreationTools } from "./creation";
import type { Advice } from "./creation-errors";
import type { Sought } from "./find-created";
import type { FoundSecret } from "../find-secret";
import type { NewSecret, Secret } from "../secret";

/** Makes secrets, each of them once, whatever becomes of the answers. */
export class Creations {
  private readonly tools: CreationTools;
  private readonly queues = new Map<string, Promise<unknown>>();

  /**
   * @param claimed - the ids of all secrets that are known to be others; those made are added
   */
  constructor(client: KeycardClient, claimed: Set<string>, advice: Advice) {
    this.tools = { client, availability: client.availability, claimed, advice };
  }

  /**
   * Makes a secret. Where it is not known whether a POST has done its work, the secret is looked for before another.
   *
   * @param since - when an earlier run has begun this creation without ever knowing how it ended, by the service's clock
   *   in milliseconds since the epoch; `NaN` where that is not known either
   * @param matches - tells whether a value is the one that an earlier run has sent, if that was another
   * @returns the secret; with its value if it was found, and not made just now
   * @throws a KeycardError; with the outcome `unknown` and `since` where the secret may be there nevertheless
   */
  create(
    zoneId: string,
    secret: NewSecret,
    since?: number,
    matches?: Sought["matches"],
  ): Promise<FoundSecret> {
    // Of two alike that are under way at once nobody could tell which is whose.
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
   * Looks for the secret that an earlier run may have made.
   *
   * @param matches - tells the value that was sent, where the value itself is not known any more
   * @throws a KeycardError where it cannot be found out
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
