import { formsOf } from "../../keycard/support";

/** Texts that nothing may show, by the names that a failed test prints. */
export type Planted = Record<string, string>;

/** Values that every encoder changes. None of them looks like anything else. */
export const AWKWARD = {
  token: `plänted "token"/+&%\\ <!'()*>~ 1\n\tsecond plänted line=\n`,
  username: `planted\\user "näme"+%41&x`,
  password: `plänted-'pass'word/%zz+\\u0041 "q"?`,
  /**
   * Too short to be recognized in Base64, and without characters that are hexadecimal digits. Long enough not to occur by
   * chance in the bytes of a file that is no text.
   */
  pin: "z~Q|~",
  clientSecret: `planted "client"/secret+%\\ü:&=1`,
  proxyPassword: `planted "pröxy"/pass+%\\:&=1`,
};

/** The forms in which an answer repeats a value that can be told from the words around it. */
export function repeatedForms(value: string): string[] {
  const trimmed = value.trim();
  return [
    ...formsOf(value),
    trimmed,
    trimmed.split("\n").at(-1) ?? "",
    Buffer.from(value).toString("hex").toUpperCase(),
    Buffer.from(`of:${value}; and more`).toString("base64"),
  ];
}

/** Forms that can only be recognized by decoding them. */
export function escapedForms(value: string): string[] {
  return [
    JSON.stringify(JSON.stringify({ value })),
    encodeURIComponent(encodeURIComponent(value)),
    value.replace(/[&"'<>]/g, (char) => `&#${char.charCodeAt(0)};`),
  ];
}

/** Every form of a value that a search has to find. */
export function searchedForms(value: string): string[] {
  const lines = value.split(/\s*\n\s*/);
  const parts = [value, value.trim(), value.trim().replace(/\s+/g, " "), ...lines];
  const forms = parts
    .filter((part) => part !== "")
    .flatMap((part) => [...repeatedForms(part), ...escapedForms(part), ...base64Cores(part)]);
  // Text that is printed within JSON escapes backslashes and quotes once more.
  const all = [...forms, ...forms.map((form) => JSON.stringify(form).slice(1, -1))];
  // A short form of plain characters can occur in any ciphertext by chance.
  return [...new Set(all)].filter((form) => form.length >= 8 || /[^\w+/=-]/.test(form));
}

/** The groups of Base64 that depend only on the value, at any position in the encoded bytes. */
function base64Cores(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.from("x".repeat(offset) + value);
    const core = bytes.toString("base64").slice(4 * Math.ceil(offset / 3), 4 * Math.floor(bytes.length / 3));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** The values that a text shows, each with its form and its place. */
export function shownIn(text: string, planted: Planted): string[] {
  return Object.entries(planted).flatMap(([name, value]) =>
    searchedForms(value).flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [`${name} as ${form} in: ${text.slice(Math.max(0, at - 200), at + form.length)}`];
    }),
  );
}
