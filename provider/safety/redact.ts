/** Shorter values occur in any text by chance, so a text that holds one is dropped whole. */
const SHORTEST_REPLACED = 4;

/** A shorter line of a longer value may stand in many texts that have nothing to do with it. */
const SHORTEST_LINE = 8;

/** Takes every value out of a text, in the plain and in the encoded forms in which a service may repeat it. */
export function redact(text: string, values: readonly string[]): string {
  const parts = [...new Set(values.flatMap(partsOf))];
  let redacted = text;
  for (const form of parts.flatMap(formsOf).sort((a, b) => b.length - a.length)) {
    if (form.length < SHORTEST_REPLACED && redacted.includes(form)) return "[redacted]";
    redacted = redacted.replaceAll(form, "[redacted]");
  }
  // Encoders differ in what they escape and where they break lines, so a text that holds a value once it is decoded is
  // dropped whole.
  const decodings = decodingsOf(redacted);
  const unbroken = redacted.replace(/\s+/g, "");
  const holdsValue = parts.some(
    (part) =>
      decodings.some((decoded) => decoded.includes(part)) ||
      base64FormsOf(part).some((form) => form.length >= SHORTEST_LINE && unbroken.includes(form)),
  );
  return holdsValue ? "[redacted]" : redacted;
}

/** Services trim what they repeat, make one blank of several, and repeat a single line of many. */
function partsOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const parts = [value, value.trim(), value.replace(/\s+/g, " ").trim()];
  return [...parts, ...lines.filter((line) => line.length >= SHORTEST_LINE)].filter((part) => part !== "");
}

function decodingsOf(text: string): string[] {
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
    // As where a log line in JSON is repeated in JSON.
    fromJson(fromJson(text)),
    fromHtml(text),
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

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const url = attempt(encodeURIComponent, value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    url.replace(/%../g, (code) => code.toLowerCase()),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64FormsOf(value),
  ];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** In both alphabets, as the value stands by itself or in the middle of what is encoded. */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [0, 1, 2].map((offset) => base64Inside(bytes, offset));
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** The Base64 characters that depend on the value alone where it begins `offset` bytes into what is encoded. */
function base64Inside(bytes: Buffer, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return shifted.slice(Math.ceil((offset * 8) / 6), whole);
}
