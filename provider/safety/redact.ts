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

/** True for a part of a text that has no letter or digit directly before or after it. */
function isWord(text: string, at: number, length: number): boolean {
  const joins = (left: string, right: string) => /^[\p{L}\p{N}]{2}$/u.test(left + right);
  const end = at + length;
  return !joins(text.charAt(at - 1), text.charAt(at)) && !joins(text.charAt(end - 1), text.charAt(end));
}

export const REDACTED = "[redacted]";

/** Shorter values occur in any text by chance, so only whole words are replaced. */
const SHORTEST_REPLACED = 4;

/** Shorter values occur in decoded texts by chance. */
const SHORTEST_DECODED = 6;

/** A shorter line of a value may occur in unrelated texts. */
const SHORTEST_LINE = 8;

/** Shorter values occur in our own messages by chance. They are removed from every foreign text that a message includes. */
const SHORTEST_VALUE = 8;

/** A text as it may have been before it was encoded. Encoders differ in what they escape and where they break lines. */
interface Decoded {
  unescaped: string[];
  decoded: string;
  unbroken: string;
}

function decodedOf(text: string): Decoded {
  const unescaped = new Set(unescapedForms(text).map(cleanText));
  unescaped.delete(text);
  const decoded = cleanText(decodedForms(text).join("\n"));
  return { unescaped: [...unescaped], decoded, unbroken: withoutSpaces(text) };
}

/** What values and their lines look like in a text. */
class SearchedForms {
  /** In every encoding. */
  private readonly encoded = new RadixTree();
  private readonly plain = new RadixTree();
  /** A tool may break a value into lines. */
  private readonly unbroken = new RadixTree();

  add(value: string): void {
    const parts = new Set(partsOf(value));
    const long = [...parts].filter((part) => part.length >= SHORTEST_REPLACED);
    const forms = [...new Set([value, ...long])].flatMap(formsOf);
    for (const form of [...parts, ...forms.filter((each) => each.length >= SHORTEST_REPLACED)]) {
      this.encoded.add(form);
    }
    for (const part of long) {
      this.plain.add(part);
      if (part.length >= SHORTEST_DECODED) this.unbroken.add(withoutSpaces(part));
    }
  }

  /** Where the longest form ends that begins at a place. A short word counts only as a whole. */
  endAt(text: string, at: number): number {
    return this.encoded.endAt(text, at, (end) => end - at >= SHORTEST_REPLACED || isWord(text, at, end - at));
  }

  /** True for a text that contains a value after decoding. */
  areWithin({ unescaped, decoded, unbroken }: Decoded): boolean {
    return (
      unescaped.some((text) => this.plain.isWithin(text, SHORTEST_REPLACED)) ||
      this.plain.isWithin(decoded, SHORTEST_DECODED) ||
      this.unbroken.isWithin(unbroken, SHORTEST_LINE)
    );
  }
}

/** Values that no text may show. What is searched for is built for the first text, and extended when values are added. */
export class HiddenValues implements Iterable<string> {
  private readonly values = new Set<string>();
  private added: string[] = [];
  private readonly long = new SearchedForms();
  private readonly short = new SearchedForms();

  /** @param others - further values, which may still be extended */
  constructor(
    values: Iterable<string> = [],
    private readonly others?: HiddenValues,
  ) {
    for (const value of values) this.add(value);
  }

  add(value: string): void {
    if (this.values.has(value)) return;
    this.values.add(value);
    this.added.push(value);
  }

  *[Symbol.iterator](): Iterator<string> {
    yield* this.others ?? [];
    yield* this.values;
  }

  /**
   * Replaces every value in a text, in plain and in encoded forms. Its time is linear in the size of the text.
   *
   * @param isOwn - true for one of our own messages
   */
  redact(text: string, isOwn = false): string {
    const searched = this.searched(isOwn);
    let shown = "";
    let end = 0;
    let isWithin = false;
    for (let at = 0; at < text.length; at++) {
      for (const forms of searched) end = Math.max(end, forms.endAt(text, at));
      if (at >= end) shown += text.charAt(at);
      else if (!isWithin) shown += REDACTED;
      isWithin = at < end;
    }
    const decoded = decodedOf(shown);
    return searched.some((forms) => forms.areWithin(decoded)) ? REDACTED : shown;
  }

  private searched(isOwn: boolean): SearchedForms[] {
    for (const value of this.added) (value.length < SHORTEST_VALUE ? this.short : this.long).add(value);
    this.added = [];
    return [...(this.others?.searched(isOwn) ?? []), this.long, ...(isOwn ? [] : [this.short])];
  }
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

/** The values to remove from a text. */
type Hidden = HiddenValues | readonly string[];

/**
 * Makes a text safe to show. Every text that leaves the process goes through here. Removes escape sequences, joins the lines,
 * and then removes the values.
 *
 * @param values - the values that the text must not show
 * @param longest - the maximum number of characters to return
 */
export function safeText(text: string, values: Hidden = [], longest = LONGEST_SEARCHED): string {
  return safe(text, values, false).slice(0, longest);
}

/** Removes values from one of our own messages or notes. */
export function safeMessage(message: string, values: Hidden = []): string {
  return safe(message, values, true);
}

function safe(text: string, values: Hidden, isOwn: boolean): string {
  if (text.length > LONGEST_SEARCHED) return REDACTED;
  const hidden = values instanceof HiddenValues ? values : new HiddenValues(values);
  const clean = cleanText(text);
  const shown = hidden.redact(clean, isOwn);
  // A terminal may not treat the same characters as an escape sequence.
  const other = withoutUnseen(text);
  const isSame = other === clean || !hidden.redact(other, isOwn).includes(REDACTED);
  return isSame || shown.includes(REDACTED) ? shown : REDACTED;
}

/** Removes values from everything that the engine shows of an error: its message, its stack and its reasons. */
export function safeError(error: unknown, values: Hidden = []): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack = "", reasons } = error as Error & { reasons?: string[] };
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  error.message = safeMessage(message, values);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  if (reasons) Object.assign(error, { reasons: reasons.map((reason) => safeMessage(reason, values)) });
  return error;
}

/** A node of the tree. The path to it from the root, and its label, are the beginning of at least one text. */
interface Node {
  label: string;
  isEnd: boolean;
  next: Map<number, Node> | undefined;
}

/**
 * Texts that are searched for together, in a time that depends on the searched text, not on how many there are. A radix tree:
 * texts share nodes as far as they begin alike, so that each needs at most two, however long it is, and more can be added at
 * any time. The automaton of Aho and Corasick would need a node per character, and new links whenever a text is added.
 */
class RadixTree {
  private readonly root: Node = { label: "", isEnd: false, next: undefined };

  /** @param text - at least one character */
  add(text: string): void {
    let node = this.root;
    for (let at = 0; at < text.length;) {
      const next = (node.next ??= new Map<number, Node>());
      const code = text.charCodeAt(at);
      let child = next.get(code);
      if (!child) {
        child = { label: text.slice(at), isEnd: false, next: undefined };
        next.set(code, child);
      }
      const { label } = child;
      const shared = sharedLength(label, text, at);
      if (shared < label.length) {
        const lower = { ...child, label: label.slice(shared) };
        child.label = label.slice(0, shared);
        child.isEnd = false;
        child.next = new Map([[label.charCodeAt(shared), lower]]);
      }
      node = child;
      at += shared;
    }
    node.isEnd = true;
  }

  /**
   * Returns where the longest text ends that begins at a place of another text; -1 if none does.
   *
   * @param counts - returns false for a place that is not meant
   */
  endAt(searched: string, at: number, counts: (end: number) => boolean): number {
    let found = -1;
    let end = at;
    for (let node = this.root.next?.get(searched.charCodeAt(at)); node;) {
      if (!searched.startsWith(node.label, end)) break;
      end += node.label.length;
      if (node.isEnd && counts(end)) found = end;
      node = node.next?.get(searched.charCodeAt(end));
    }
    return found;
  }

  /** True if another text contains one that has at least so many characters. */
  isWithin(searched: string, shortest: number): boolean {
    for (let at = 0; at + shortest <= searched.length; at++) {
      if (this.endAt(searched, at, (end) => end - at >= shortest) >= 0) return true;
    }
    return false;
  }
}

/** How many characters of a label a text has from a place on. */
function sharedLength(label: string, text: string, at: number): number {
  let length = 0;
  while (length < label.length && label.charCodeAt(length) === text.charCodeAt(at + length)) length++;
  return length;
}

/** The names of variables whose values a tool may repeat in an error. */
const SECRET_NAME = /token|secret|pass|pwd|key|credential|auth/i;

/** A password in an address, as in `postgres://app:password@host`, with the user before it. */
const IN_ADDRESS = /:\/\/([^\s/?#@:]*):([^\s/?#]*)@/g;

/** A pair of a secret's name and its value, as in the query of an address, a connection string, a header or JSON. */
const IN_PAIR =
  /(?:token|secret|pass(?:word|wd|phrase)?|pwd|key|credentials?|auth(?:orization)?)["']?\s*[:=]\s*(?:(?:Bearer|Basic)\s+)?(?:"([^"]+)"|'([^']+)'|([^\s;&,"'}]+))/gi;

/** The values of a process's variables that no text may show. */
export function environmentSecrets(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    const whole = SECRET_NAME.test(name) && value.length >= SHORTEST_VALUE ? [value] : [];
    return [...whole, ...secretsWithin(value)];
  });
}

/** The parts of a text that are recognizable as secrets. */
export function secretsWithin(text: string): string[] {
  const inAddresses = [...text.matchAll(IN_ADDRESS)].flatMap(([, user = "", password = ""]) => [
    password,
    attempt(decodeURIComponent, password),
    `${user}:${password}`,
    `${attempt(decodeURIComponent, user)}:${attempt(decodeURIComponent, password)}`,
  ]);
  const inPairs = [...text.matchAll(IN_PAIR)].flatMap(([, ...values]) => {
    const value = values.find((each) => each !== undefined) ?? "";
    return value.length >= SHORTEST_VALUE ? [value, attempt(decodeURIComponent, value)] : [];
  });
  return [...new Set([...inAddresses, ...inPairs])].filter((secret) => !["", ":"].includes(secret));
}

/** The arguments of a command, and the parts after `:` or `=` in them. The names of options are not secret. */
export function argumentSecrets(args: readonly string[]): string[] {
  return args.flatMap((argument) => {
    const [, ...rest] = argument.split(/[:=]\s*/);
    const after = rest.filter((part) => part.length >= SHORTEST_VALUE);
    return [...(argument.startsWith("-") ? [] : [argument]), ...after, ...secretsWithin(argument)];
  });
}
