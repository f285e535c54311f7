import { safeText } from "./safe-text";

/** Shorter values occur in our own messages by chance. They are removed from every foreign text that a message includes. */
const SHORTEST_VALUE = 8;

/** Removes values from one of our own messages or notes. */
export function safeMessage(message: string, values: readonly string[] = []): string {
  return safeText(
    message,
    values.filter((value) => value.length >= SHORTEST_VALUE),
  );
}

/** Removes values from everything that the engine shows of an error: its message, its stack and its reasons. */
export function safeError(error: unknown, values: readonly string[] = []): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack = "", reasons } = error as Error & { reasons?: string[] };
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  error.message = safeMessage(message, values);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  if (reasons) Object.assign(error, { reasons: reasons.map((reason) => safeMessage(reason, values)) });
  return error;
}
