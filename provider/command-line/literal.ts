/** Characters that would end the line of a comment, or hide or reorder text. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Writes a string as a TypeScript literal, always in one line. */
export function textLiteral(text: string): string {
  return JSON.stringify(text).replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Writes a JSON value as a TypeScript literal.
 *
 * @param indent - the indentation of the lines after the first
 */
export function literal(value: unknown, indent = ""): string {
  if (typeof value === "string") return textLiteral(value);
  if (typeof value !== "object" || value === null) return String(value);
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => literal(item, deeper))
    : Object.entries(value).map(([key, child]) => `${propertyName(key)}: ${literal(child, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => `${deeper}${line},\n`).join("")}${indent}${close}`;
}

function propertyName(key: string): string {
  // Without brackets, this key would set the object's prototype.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textLiteral(key);
}
