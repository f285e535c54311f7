import { cleanText, withoutUnseen } from "./clean-text";
import { redact, REDACTED } from "./redact";

/** A longer text is dropped completely, so that the search takes a bounded time. */
export const LONGEST_SEARCHED = 16 * 1024;

/**
 * Makes a text safe to show. Every text that leaves the process goes through here. Removes escape sequences, joins the lines,
 * and then removes the values. Its time is linear in the size of the text and of the values.
 *
 * @param values - the values that the text must not show
 * @param longest - the maximum number of characters to return
 */
export function safeText(text: string, values: readonly string[] = [], longest = LONGEST_SEARCHED): string {
  if (text.length > LONGEST_SEARCHED) return REDACTED;
  const shown = redact(cleanText(text), values);
  // A terminal may not treat the same characters as an escape sequence.
  const other = withoutUnseen(text);
  const isSame = other === cleanText(text) || !redact(other, values).includes(REDACTED);
  return (isSame || shown.includes(REDACTED) ? shown : REDACTED).slice(0, longest);
}
