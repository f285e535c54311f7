import { cleanText, withoutUnseen } from "./clean-text";
import { redact, REDACTED } from "./redact";

/** A longer text is dropped whole, so that no text takes long to search. */
export const LONGEST_SEARCHED = 16 * 1024;

/**
 * Makes a text fit to be shown: every text that leaves the process goes through here. Takes out what gives orders to a
 * terminal, makes one line of it, and then takes out the values. The time that it takes grows with the sizes of both, and no
 * faster.
 *
 * @param values - what the text may not show
 * @param longest - the most characters to return
 */
export function safeText(text: string, values: readonly string[] = [], longest = LONGEST_SEARCHED): string {
  if (text.length > LONGEST_SEARCHED) return REDACTED;
  const shown = redact(cleanText(text), values);
  // Whoever reads the text may not take the same characters for an order.
  const other = withoutUnseen(text);
  const isSame = other === cleanText(text) || !redact(other, values).includes(REDACTED);
  return (isSame || shown.includes(REDACTED) ? shown : REDACTED).slice(0, longest);
}
