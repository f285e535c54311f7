/** A value in the encodings in which a service, a proxy or a tool may repeat it. */
export function formsOf(value: string): string[] {
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
export function unescapedForms(text: string): string[] {
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
export function decodedForms(text: string): string[] {
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
