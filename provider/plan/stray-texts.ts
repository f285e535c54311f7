import { strayText } from "../protocol/stray-text";

/** Names every argument that holds a text which was made of an output or an object by mistake; none is shown. */
export function strayTexts(args: Record<string, unknown>): string[] {
  return [...new Set(Object.entries(args).flatMap(([name, value]) => problemsIn(value, name)))];
}

function problemsIn(value: unknown, path: string): string[] {
  if (typeof value === "string") return problemOf(value, path);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const inKey = strayText(key);
    return inKey === undefined
      ? problemsIn(child, `${path}.${key}`)
      : [`A key of \`${path}\` ${inKey}`, ...problemsIn(child, `${path}.…`)];
  });
}

function problemOf(text: string, path: string): string[] {
  const problem = strayText(text);
  return problem === undefined ? [] : [`\`${path}\` ${problem}`];
}
