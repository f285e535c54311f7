import { unreadable } from "./http/answer";
import type { Call } from "./http/call";
import type { OtherSecret, Secret, SecretPage, SecretRows } from "./secret";

/** A few pages may be empty, because a service may filter after it has split a listing into pages. */
const MOST_PAGES_WITHOUT_NEWS = 20;

/** The pages of one listing, with checks that the listing ends. */
export class SecretPages {
  private readonly found = new Map<string, Secret>();
  private readonly others = new Map<string, OtherSecret>();
  private readonly cursors = new Set<string>();
  private pagesWithoutNews = 0;

  /** The rows of all pages, each secret once: a secret that moves to the next page in between is on both. */
  get rows(): SecretRows {
    return { secrets: [...this.found.values()], others: [...this.others.values()] };
  }

  /**
   * Adds a page.
   *
   * @returns the cursor of the next page; undefined if this was the last one
   * @throws a KeycardError if the pages repeat, or if the next one cannot be requested. Such a listing is incomplete, so it
   *   does not prove that a secret is gone.
   */
  add(call: Call, status: number, { secrets, others, next }: SecretPage): string | undefined {
    if (next === "")
      throw unreadable(call, status, "a page that is not the last one, but has no cursor for the next");
    const known = this.size;
    for (const secret of secrets) this.found.set(secret.id, secret);
    for (const other of others) this.others.set(JSON.stringify(other), other);
    this.pagesWithoutNews = this.size > known ? 0 : this.pagesWithoutNews + 1;
    if (next === undefined) return undefined;
    if (this.cursors.has(next)) throw endless(call, status, "a cursor that it has returned before");
    if (this.pagesWithoutNews >= MOST_PAGES_WITHOUT_NEWS) {
      throw endless(call, status, `${MOST_PAGES_WITHOUT_NEWS} pages in a row without a new secret`);
    }
    this.cursors.add(next);
    return next;
  }

  private get size(): number {
    return this.found.size + this.others.size;
  }
}

function endless(call: Call, status: number, what: string) {
  return unreadable(
    call,
    status,
    `${what}, so the listing never ends`,
    "If this keeps happening, contact Keycard support with the request ID.",
  );
}
