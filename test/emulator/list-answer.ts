import { randomUUID } from "node:crypto";
import { Refusal } from "./refusal";
import type { Switches } from "./switches";
import { withoutData, type StoredSecret } from "./wire";

/** The query of a list. */
export interface ListQuery {
  entity_id?: string;
  type?: string;
  owner_type?: "platform" | "customer";
  after?: string;
  cursor?: string;
  limit?: string;
}

/**
 * Answers a list as the switches say.
 *
 * Pages are those of Keycard's other lists (keycard-ts, `resources/zones/providers.ts`): the query takes
 * `after` (or `cursor`) and `limit`, the answer has `items`, `page_info` (`has_next_page`,
 * `has_previous_page`, `end_cursor`) and `pagination` (`after_cursor`, `before_cursor`). A cursor is opaque,
 * and an unknown one answers 400. Going backwards (`before`) is not supported.
 */
export function listAnswer(stored: StoredSecret[], query: ListQuery, switches: Switches): unknown {
  const { list, clearedAs } = switches;
  // The platform owns nothing that was created through the API.
  const secrets = query.owner_type === "platform" ? [] : stored;
  if (list === "forbidden") throw new Refusal(403, "Listing secrets is not allowed");
  if (list === "missing") throw new Refusal(404, "Not found");
  if (list === "method-not-allowed") throw new Refusal(405, "Method not allowed");
  if (list === "garbage") return { secrets: "as many as there are" };
  if (list === "items") {
    const isEndless = !["proper", "none", "empty"].includes(switches.cursors);
    return isEndless ? endlessPage(secrets, query, switches) : page(secrets, query, switches);
  }
  if (query.after !== undefined || query.cursor !== undefined || query.limit !== undefined) {
    throw new Refusal(400, "querystring must NOT have additional properties");
  }
  return secrets.map((secret) => withoutData(secret, clearedAs));
}

function page(secrets: StoredSecret[], query: ListQuery, { pageSize, clearedAs, cursors }: Switches) {
  const cursor = query.after ?? query.cursor;
  const start = cursor === undefined ? 0 : secrets.findIndex(({ id }) => cursorOf(id) === cursor) + 1;
  if (cursor !== undefined && start === 0) throw new Refusal(400, "querystring/after is not a known cursor");
  const size = Math.min(pageSize, Number(query.limit ?? pageSize));
  const items = secrets.slice(start, start + size);
  const last = items.at(-1);
  const more = start + size < secrets.length && last !== undefined;
  const given = cursors === "proper" ? last && cursorOf(last.id) : cursors === "empty" ? "" : undefined;
  return {
    items: items.map((secret) => withoutData(secret, clearedAs)),
    page_info: {
      has_next_page: more,
      has_previous_page: start > 0,
      ...(given !== undefined && { end_cursor: given }),
    },
    pagination: { after_cursor: more && given ? given : null, before_cursor: null },
  };
}

/** A page that is never the last one, for any cursor. */
function endlessPage(secrets: StoredSecret[], { after }: ListQuery, { cursors, clearedAs }: Switches) {
  const rows = secrets.map((secret) => withoutData(secret, clearedAs));
  const others = () => rows.map((row) => ({ ...row, id: randomUUID() }));
  const isEmpty = cursors === "fresh-empty" && after !== undefined;
  const turn = cursors === "turns" && after === "a" ? "b" : "a";
  return {
    items: isEmpty ? [] : cursors === "fresh-full" ? others() : rows,
    page_info: { has_next_page: true, end_cursor: cursors.startsWith("fresh") ? randomUUID() : turn },
  };
}

function cursorOf(id: string): string {
  return Buffer.from(`after ${id}`).toString("base64url");
}
