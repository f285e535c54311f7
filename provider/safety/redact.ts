import { cleanText } from "./clean-text";
import { decodedForms, formsOf, unescapedForms } from "./encodings";
import { SearchedText } from "./searched-text";

/** What stands in a text in the place of a value. */
export const REDACTED = "[redacted]";

/** Shorter values are in any text by chance, so they are taken out only as words of their own. */
const SHORTEST_REPLACED = 4;

/** Shorter ones are in what is decoded from any text by chance. */
const SHORTEST_DECODED = 6;

/** A shorter line of a longer value may be in many texts that have nothing to do with it. */
const SHORTEST_LINE = 8;

/** With more values than these, a text that has one in an encoded form is dropped whole. */
const MOST_ENCODED = 500;

/** Takes every value out of a text of {@link cleanText}, in the plain and in the encoded forms in which it may be repeated. */
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
 * True for a text that holds a value once it is decoded. Encoders differ in what they escape and where they break lines, so
 * such a text is dropped whole.
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

/** A value as it reads in a clean text, and each of its lines, as services repeat a single line of many. */
function partsOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map(cleanText);
  return [cleanText(value), ...lines.filter((line) => line.length >= SHORTEST_LINE)];
}

function withoutSpaces(text: string): string {
  return text.replaceAll(" ", "");
}
