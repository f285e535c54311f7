/**
 * The sequences by which a text gives orders to a terminal (ECMA-48), in their forms of seven and of eight bits: those with
 * parameters, such as colours; those with a text of their own, such as a window's title; and the short ones.
 */
const ORDERS =
  // eslint-disable-next-line no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;

/** Every other character that is not seen: controls, and what changes the direction or the joining of others. */
const UNSEEN = /\p{Cf}|(?!\s)\p{Cc}/gu;

/** The text without orders to a terminal and without characters that are not seen, in one line. */
export function cleanText(text: string): string {
  return withoutUnseen(text.replace(ORDERS, ""));
}

/** The same, except that of an order only the characters that are not seen are taken out. */
export function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
}
