import type { UnreadValue } from "./value-source";

/** The value in `data`, and the field that has it, which is named like the type. */
export function valueIn(data: unknown): [field: string, value: unknown] {
  if (typeof data !== "object" || data === null) return ["", undefined];
  const { type } = data as { type?: unknown };
  const field = type === "token" || type === "password" ? type : "";
  return [field, (data as Record<string, unknown>)[field]];
}

/** The same with another value. */
export function withValue(data: unknown, field: string, value: unknown): object {
  return { ...(data as object), [field]: value };
}

/** `data` without the value. */
export function withoutValue(data: unknown): object {
  const [field] = valueIn(data);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([name]) => name !== field));
}

/** True for a value that may have changed in Keycard and was not read. */
export function isUnread(value: unknown): value is UnreadValue {
  return typeof value === "object" && value !== null && "unreadVersion" in value;
}
