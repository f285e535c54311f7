import { safeText } from "./safe-text";

/** Shorter values are words of our own messages by chance; those are kept out of every foreign text that goes into a message. */
const SHORTEST_VALUE = 8;

/** Makes a message or a note of ours fit to be shown. */
export function safeMessage(message: string, values: readonly string[] = []): string {
  return safeText(
    message,
    values.filter((value) => value.length >= SHORTEST_VALUE),
  );
}

/** Makes all that the engine shows of an error fit to be shown: its message, its stack and its reasons. */
export function safeError(error: unknown, values: readonly string[] = []): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack = "", reasons } = error as Error & { reasons?: string[] };
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  error.message = safeMessage(message, values);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  if (reasons) Object.assign(error, { reasons: reasons.map((reason) => safeMessage(reason, values)) });
  return error;
}
