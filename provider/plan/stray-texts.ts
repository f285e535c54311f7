import { strayText } from "../pulumi-values";

/** Names each argument that contains a string made from an output or an object by mistake, without showing it. */
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
