/** Shorter values occur in any text by chance, so a text that holds one is dropped whole. */
const SHORTEST_REPLACED = 4;

/** Takes every value out of a text, in the plain and in the encoded forms in which a service may repeat it. */
export function redact(text: string, values: readonly string[]): string {
  let redacted = text;
  for (const form of values.flatMap(formsOf).sort((a, b) => b.length - a.length)) {
    if (form.length < SHORTEST_REPLACED && redacted.includes(form)) return "[redacted]";
    redacted = redacted.replaceAll(form, "[redacted]");
  }
  return redacted;
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(value).replaceAll("%20", "+"),
    encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
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
