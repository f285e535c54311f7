import { cleanText } from "./clean-text";
import { decodedForms, formsOf, unescapedForms } from "./encodings";
import { SearchedText } from "./searched-text";

/** Replaces a value in a text. */
export const REDACTED = "[redacted]";

/** Shorter values occur in any text by chance, so only whole words are replaced. */
const SHORTEST_REPLACED = 4;

/** Shorter values occur in decoded texts by chance. */
const SHORTEST_DECODED = 6;

/** A shorter line of a value may occur in unrelated texts. */
const SHORTEST_LINE = 8;

/** With more values, a text that contains one in an encoded form is dropped completely. */
const MOST_ENCODED = 500;

/** Replaces every value in a text of {@link cleanText}, in plain and in encoded forms. */
export function redact(text: string, values: readonly string[]): string {
  const parts = [...new Set(values.flatMap(partsOf))];
  const long = parts.filter((part) => part.length >= SHORTEST_REPLACED);
  const short = parts.filter((part) => part !== "" && part.length < SHORTEST_REPLACED);
  const encoded = long.length > MOST_ENCODED ? [] : [...new Set([...values, ...long].flatMap(formsOf))];
  const forms = [...long, ...encoded.filter((form) => form.length >= SHORTEST_REPLACED)];
  const redacted = new SearchedText(text).without(forms, short, REDACTED);
  return holdsHidden(redacted, long) ? REDACTED : redacted;
}

/**
 * True for a text that contains a value after decoding. Encoders differ in what they escape and where they break lines, so
 * such a text is dropped completely.
 */
function holdsHidden(text: string, parts: readonly string[]): boolean {
  const holds = (form: string, some: readonly string[]) => {
    const searched = new SearchedText(form);
    return some.some((part) => searched.includes(part));
  };
  const unescaped = new Set(unescapedForms(text).map(cleanText));
  unescaped.delete(text);
  if ([...unescaped].some((form) => holds(form, parts))) return true;
  const decodable = parts.filter((part) => part.length >= SHORTEST_DECODED);
  if (holds(cleanText(decodedForms(text).join("\n")), decodable)) return true;
  // A tool may break a value into lines.
  const unbroken = decodable.map(withoutSpaces).filter((part) => part.length >= SHORTEST_LINE);
  return holds(withoutSpaces(text), unbroken);
}

/** A value as it appears in a clean text, and each of its lines, because services may repeat a single line. */
function partsOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map(cleanText);
  return [cleanText(value), ...lines.filter((line) => line.length >= SHORTEST_LINE)];
}

function withoutSpaces(text: string): string {
  return text.replaceAll(" ", "");
}
