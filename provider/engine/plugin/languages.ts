import { didYouMean } from "../../config/did-you-mean";
import { isObject } from "../../json";
import { givenIn, withGiven } from "../../values/value";

/** The keys of a token or password that is given in another way than as a string. */
const KEYS = [
  "fromEnv",
  "fromFile",
  "fromCommand",
  "trim",
  "field",
  "acceptAnyValue",
  "timeoutSeconds",
  "passEnv",
  "generated",
  "length",
  "characters",
  "rotateAfterDays",
  "rotation",
  "initialValue",
];

const SNAKE_CASED = new Map(KEYS.map((key) => [snakeCased(key), key]));

/** The functions of TypeScript in a message, each with one argument and perhaps options. */
const CALL =
  /\b(fromEnv|fromFile|fromCommand|generated|initialValue)\(("[^"]*"|\[[^\]]*\]|\{[^}]*\})(?:, \{ ([^}]*) \})?\)/g;

/** What only a program in TypeScript can do, and what to do in all others. */
const ADVICE: [RegExp, string][] = [
  [/\. If it comes from `process\.env`, the variable is not set/g, ""],
  [/, not process\.env\.NAME/g, ""],
  [/write pulumi\.interpolate`…` instead of `…`/g, "build the string with `apply` of the output"],
  [/build strings from outputs with pulumi\.interpolate`…`/g, "build strings from outputs with `apply`"],
];

/**
 * `data` with the keys that the plugin knows. An SDK for Python translates `from_env` to `fromEnv` itself, but leaves a whole
 * object alone if it does not know one of its keys.
 */
export function translated(data: unknown): unknown {
  const given = givenIn(data);
  return isObject(data) && isObject(given) ? withGiven(data, withKnownKeys(given)) : data;
}

function withKnownKeys(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [SNAKE_CASED.get(key) ?? key, withKnownKeys(inner)]),
  );
}

/** Names each key of a token or password that resembles a known one. Any other key may be a value in the wrong place. */
export function mistypedKeys(data: unknown): string[] {
  const isSnakeCased = hasSnakeCase(givenIn(data));
  const known = isSnakeCased ? KEYS.map(snakeCased) : KEYS;
  const find = (value: unknown): string[] =>
    Object.entries(isObject(value) ? value : {}).flatMap(([key, inner]) => {
      if (KEYS.includes(key) || SNAKE_CASED.has(key)) return find(inner);
      const hint = didYouMean(key, known);
      return hint === "" ? [] : [`\`data\` has the unknown key \`${key}\`. ${hint.trim()}`];
    });
  return find(givenIn(data));
}

/**
 * A message for a program in another language than TypeScript: the ways to give a value as keys instead of functions.
 *
 * @param data - as the program gave it
 */
export function inOtherLanguages(message: string, data: unknown): string {
  const written = hasSnakeCase(givenIn(data)) ? snakeCased : (name: string) => name;
  const asKeys = (_: string, name: string, value: string, options = "") => {
    const others = options.replace(/(\w+):/g, (__, option: string) => `"${written(option)}":`);
    return `{ "${written(name)}": ${value}${others && `, ${others}`} }`;
  };
  return ADVICE.reduce((text, [form, other]) => text.replace(form, other), message)
    .replace(CALL, asKeys)
    .replace(/`(\w+)`/g, (whole, name: string) => (KEYS.includes(name) ? `\`${written(name)}\`` : whole));
}

function hasSnakeCase(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => key.includes("_") || hasSnakeCase(inner));
}

function snakeCased(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
