/**
 * Terminal escape sequences (ECMA-48), in their 7-bit and 8-bit forms: with parameters, such as colours; with a text, such
 * as a window's title; and the short ones.
 */
const ORDERS =
  // eslint-disable-next-line no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

/** All other invisible characters: controls, and characters that change the direction or joining of others. */
const UNSEEN = /\p{Cf}|(?!\s)\p{Cc}/gu;

/** Returns the text in one line, without escape sequences and invisible characters. */
export function cleanText(text: string): string {
  return withoutUnseen(text.replace(ORDERS, ""));
}

/** The same, but removes only the invisible characters of an escape sequence. */
export function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
}
