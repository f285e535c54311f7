/** Shorter values occur in any text by chance, so a text that holds one is dropped whole. */
const SHORTEST_REPLACED = 4;

/** Takes every value out of a text, in the plain and in the encoded forms in which a service may repeat it. */
export function redact(text: string, values: readonly string[]): string {
  let redacted = text;
  for (const form of values.flatMap(formsOf).sort((a, b) => b.length - a.length)) {
    if (form.length < SHORTEST_REPLACED && redacted.includes(form)) return "[redacted]";
    redacted = redacted.replaceAll(form, "[redacted]");
  }
  // Encoders differ in what they escape, so a text that holds a value once it is decoded is dropped whole.
  const holdsValue = decodingsOf(redacted).some((decoded) =>
    values.some((value) => value !== "" && decoded.includes(value)),
  );
  return holdsValue ? "[redacted]" : redacted;
}

function decodingsOf(text: string): string[] {
  const fromUrl = (url: string) =>
    url.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => attempt(decodeURIComponent, codes));
  const unquote = (escaped: string) => JSON.parse(`"${escaped}"`) as string;
  return [
    fromUrl(text),
    fromUrl(text.replaceAll("+", " ")),
    text.replace(/\\(?:u[0-9a-f]{4}|[^u])/gi, (escaped) => attempt(unquote, escaped)),
  ];
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
    ...[0, 1, 2].map((offset) => base64Inside(bytes, offset)),
    ...[0, 1, 2].map((offset) => base64Inside(bytes, offset).replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** The Base64 characters that depend on the value alone where it begins `offset` bytes into what is encoded. */
function base64Inside(bytes: Buffer, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return shifted.slice(Math.ceil((offset * 8) / 6), whole);
}
