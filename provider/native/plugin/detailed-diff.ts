import { sameJson } from "../../json";

/** The kind of a difference. */
export type Kind = "ADD" | "DELETE" | "UPDATE";

/** The paths of all leaves that differ, as in `metadata.tags[0]`, with the kind of the difference. */
export function leafDifferences(olds: unknown, news: unknown, path: string): Record<string, Kind> {
  if (sameJson(olds, news)) return {};
  if (olds === undefined || olds === null) return { [path]: "ADD" };
  if (news === undefined || news === null) return { [path]: "DELETE" };
  const lists = Array.isArray(olds) && Array.isArray(news);
  if (!lists && !(isObject(olds) && isObject(news))) return { [path]: "UPDATE" };
  const [old, now] = [olds, news] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const differences = [...keys].map((key) =>
    leafDifferences(old?.[key], now?.[key], path + (lists ? `[${key}]` : property(key))),
  );
  return Object.assign({}, ...differences) as Record<string, Kind>;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Formats a property as Pulumi does: a name with special characters is in brackets. */
function property(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
