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
function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, "").replace(/\s+/g, " ").trim();
}

/** A value in the encodings in which a service, a proxy or a tool may repeat it. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const url = attempt(encodeURIComponent, value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    url.replace(/%../g, (code) => code.toLowerCase()),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64FormsOf(bytes),
  ];
}

/** A text decoded in each way in which encoders escape single characters. */
function unescapedForms(text: string): string[] {
  const fromUrl = (url: string) =>
    url.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => attempt(decodeURIComponent, codes));
  const unquote = (escaped: string) => JSON.parse(`"${escaped}"`) as string;
  const fromJson = (json: string) =>
    json.replace(/\\(?:u[0-9a-f]{4}|[^u])/gi, (escaped) => attempt(unquote, escaped));
  return [
    fromUrl(text),
    fromUrl(text.replaceAll("+", " ")),
    fromUrl(fromUrl(text)),
    fromJson(text),
    // A log line in JSON may be repeated in JSON.
    fromJson(fromJson(text)),
    fromHtml(text),
  ];
}

/** Everything that a text may contain as Base64 or hexadecimal digits, at any offset and with any line breaks. */
function decodedForms(text: string): string[] {
  const unbroken = text.replace(/\s+/g, "");
  const decode = (run: string, encoding: "base64" | "hex", starts: number[]) =>
    starts.map((start) => Buffer.from(run.slice(start), encoding).toString());
  return [
    ...(unbroken.match(/[\w+/-]{8,}/g) ?? []).flatMap((run) => decode(run, "base64", [0, 1, 2, 3])),
    ...(unbroken.match(/[0-9a-f]{8,}/gi) ?? []).flatMap((run) => decode(run, "hex", [0, 1])),
  ];
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function fromHtml(html: string): string {
  return html.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (entity, hex, number, name) => {
      if (name) return ENTITIES[String(name).toLowerCase()] ?? String(entity);
      return attempt(
        () => String.fromCodePoint(hex ? parseInt(String(hex), 16) : Number(number)),
        String(entity),
      );
    },
  );
}

function attempt(decode: (text: string) => string, text: string): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}

/** In both alphabets, for a value at any offset in the encoded data. */
function base64FormsOf(bytes: Buffer): string[] {
  const forms = [0, 1, 2].map((offset) => base64Inside(bytes, offset));
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** The Base64 characters that depend only on the value, if it begins `offset` bytes into the encoded data. */
function base64Inside(bytes: Buffer, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return shifted.slice(Math.ceil((offset * 8) / 6), whole);
}

const GRAM = 4;

/** A text that is searched for many others. An index of its four-character sequences rules out most of them quickly. */
class SearchedText {
  private readonly grams = new Set<string>();

  constructor(readonly text: string) {
    for (let at = 0; at + GRAM <= text.length; at++) this.grams.add(text.slice(at, at + GRAM));
  }

  /** @param part - at least four characters. A shorter text is never found */
  includes(part: string): boolean {
    if (part.length < GRAM || part.length > this.text.length) return false;
    for (let at = 0; at + GRAM <= part.length; at += GRAM) {
      if (!this.grams.has(part.slice(at, at + GRAM))) return false;
    }
    return this.grams.has(part.slice(-GRAM)) && this.text.includes(part);
  }

  /** Returns the text with all occurrences of the parts replaced, overlapping ones as one. Words are replaced only as a whole. */
  without(parts: readonly string[], words: readonly string[], replacement: string): string {
    const taken = new Uint8Array(this.text.length);
    for (const part of parts.filter((each) => this.includes(each))) this.take(part, taken, () => true);
    for (const word of words) this.take(word, taken, (at) => isWord(this.text, at, word.length));
    let result = "";
    for (let at = 0; at < this.text.length; at++) {
      if (!taken[at]) result += this.text.charAt(at);
      else if (!taken[at - 1]) result += replacement;
    }
    return result;
  }

  private take(part: string, taken: Uint8Array, counts: (at: number) => boolean): void {
    let end = 0;
    for (let at = this.text.indexOf(part); at >= 0; at = this.text.indexOf(part, at + 1)) {
      if (!counts(at)) continue;
      taken.fill(1, Math.max(at, end), at + part.length);
      end = at + part.length;
    }
  }
}

/** True for a part of a text that has no letter or digit directly before or after it. */
function isWord(text: string, at: number, length: number): boolean {
  const joins = (left: string, right: string) => /^[\p{L}\p{N}]{2}$/u.test(left + right);
  const end = at + length;
  return !joins(text.charAt(at - 1), text.charAt(at)) && !joins(text.charAt(end - 1), text.charAt(end));
}

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
