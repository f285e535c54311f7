import { formsOf } from "../../keycard/support";

/** What no text may show, and the words for it in the failure of a test. */
export type Planted = Record<string, string>;

/** Values that every encoder changes, none of which looks like anything else. */
export const AWKWARD = {
  token: `plänted "token"/+&%\\ <!'()*>~ 1\n\tsecond plänted line=\n`,
  username: `planted\\user "näme"+%41&x`,
  password: `plänted-'pass'word/%zz+\\u0041 "q"?`,
  /**
   * Too short to be told from other texts in Base64, and none of its characters are of hexadecimal digits; long enough not
   * to stand by chance in the bytes of a file that is no text.
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

/** Forms that only somebody who decodes them can recognise. */
export function escapedForms(value: string): string[] {
  return [
    JSON.stringify(JSON.stringify({ value })),
    encodeURIComponent(encodeURIComponent(value)),
    value.replace(/[&"'<>]/g, (char) => `&#${char.charCodeAt(0)};`),
  ];
}

/** Every form of a value that a search has to look for. */
export function searchedForms(value: string): string[] {
  const lines = value.split(/\s*\n\s*/);
  const parts = [value, value.trim(), value.trim().replace(/\s+/g, " "), ...lines];
  const forms = parts
    .filter((part) => part !== "")
    .flatMap((part) => [...repeatedForms(part), ...escapedForms(part), ...base64Cores(part)]);
  // What is printed within JSON escapes backslashes and quotes once more.
  const all = [...forms, ...forms.map((form) => JSON.stringify(form).slice(1, -1))];
  // A short form of plain characters stands in any ciphertext by chance.
  return [...new Set(all)].filter((form) => form.length >= 8 || /[^\w+/=-]/.test(form));
}

/** The groups of Base64 that depend on the value alone, where it begins at any place in what is encoded. */
function base64Cores(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.from("x".repeat(offset) + value);
    const core = bytes.toString("base64").slice(4 * Math.ceil(offset / 3), 4 * Math.floor(bytes.length / 3));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Which values a text shows, in which form and where. */
export function shownIn(text: string, planted: Planted): string[] {
  return Object.entries(planted).flatMap(([name, value]) =>
    searchedForms(value).flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [`${name} as ${form} in: ${text.slice(Math.max(0, at - 200), at + form.length)}`];
    }),
  );
}
