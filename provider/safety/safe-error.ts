import { safeText } from "./safe-text";

/** Shorter values are words of our own messages by chance; those are kept out of every foreign text that goes into a message. */
const SHORTEST_VALUE = 8;

/** Makes all that the engine shows of an error fit to be shown: its message, its stack and its reasons. */
export function safeError(error: unknown, values: readonly string[] = []): unknown {
  if (!(error instanceof Error)) return error;
  const long = values.filter((value) => value.length >= SHORTEST_VALUE);
  const { message, stack = "", reasons } = error as Error & { reasons?: string[] };
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  error.message = safeText(message, long);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  if (reasons) Object.assign(error, { reasons: reasons.map((reason) => safeText(reason, long)) });
  return error;
}
