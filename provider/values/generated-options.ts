import type { Input } from "@pulumi/pulumi";
import { didYouMean } from "../config/nearest-names";
import { kindOf } from "../protocol/mistake";

/**
 * A class of characters: `a` to `z`, `A` to `Z`, `0` to `9`, or symbols that need no quotes in a shell, a URL or a connection
 * string as a rule: `!+,-.=^_~`.
 */
export type CharacterClass = "lower" | "upper" | "digits" | "symbols";

/** How a value is generated, and when it is replaced by another one. */
export interface GeneratedOptions {
  /** How many characters it has, from 8 to 1024. A change generates a new value. */
  length: number;
  /**
   * The classes of characters that it is made of. It has at least one of each. A change generates a new value.
   *
   * @defaultValue `["lower", "upper", "digits"]`
   */
  characters?: readonly CharacterClass[];
  /**
   * After how many days the next `pulumi up` generates a new value. The age is that of the last known change of the value,
   * and the state alone tells it. Without it, a value gets as old as it may.
   */
  rotateAfterDays?: number;
  /** Any text, such as `2026-12`: a change generates a new value. It may be an output, such as the id of another resource. */
  rotation?: Input<string>;
}

/** The characters of each class, in the order in which the state has the classes. */
export const ALPHABETS: Record<CharacterClass, string> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
  symbols: "!+,-.=^_~",
};

const CLASSES = Object.keys(ALPHABETS) as CharacterClass[];

/** What a value is made of if nothing else is said: 32 such characters have 190 bits. */
const USUAL: readonly CharacterClass[] = ["lower", "upper", "digits"];

const SHORTEST = 8;
const LONGEST = 1024;

/** How a value is generated, as the state has it: resolved, and in one form for all ways to write it. */
export interface KnownOptions extends GeneratedOptions {
  rotation?: string;
}

/** The classes that a value is made of. */
export function classesOf({ characters = USUAL }: GeneratedOptions): readonly CharacterClass[] {
  return characters;
}

/**
 * What is wrong with the options of `generated`, each line naming its option and none showing a value.
 *
 * @param at - what stands before the name of an option
 * @param later - the names of options whose values are not known yet, which are not missing
 */
export function problemsOfGenerated(
  options: unknown,
  { at = "", later = [] }: { at?: string; later?: readonly string[] } = {},
): string[] {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return [`\`${at.replace(/\.$/, "")}\` must be an object such as { length: 32 }, not ${kindOf(options)}`];
  }
  const given: Record<string, unknown> = { ...options };
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(CHECKS, name));
  const problems = Object.entries(CHECKS).flatMap(([name, check]) => {
    if (later.includes(name) && given[name] === undefined) return [];
    const problem = check(given[name]);
    return problem === undefined ? [] : [`\`${at}${name}\` ${problem}`];
  });
  return [
    ...unknown.map((name) => {
      const names = Object.keys(CHECKS);
      return `\`${at}${name}\` is not an option of generated. ${didYouMean(name, names)}The options are ${names.join(", ")}`;
    }),
    ...problems,
  ];
}

type Check = (value: unknown) => string | undefined;

const CHECKS: Record<keyof GeneratedOptions, Check> = {
  length: (value) =>
    Number.isInteger(value) && (value as number) >= SHORTEST && (value as number) <= LONGEST
      ? undefined
      : `must be a whole number of characters from ${SHORTEST} to ${LONGEST}, such as 32`,
  characters: (value) => {
    if (value === undefined) return undefined;
    const isList = Array.isArray(value) && value.length > 0;
    if (isList && value.every((name) => CLASSES.includes(name as CharacterClass))) {
      return new Set(value).size === value.length ? undefined : "names a class of characters twice";
    }
    return `must be a list of one or more of ${CLASSES.map((name) => `"${name}"`).join(", ")}`;
  },
  rotateAfterDays: (value) =>
    value === undefined || (typeof value === "number" && value > 0 && Number.isFinite(value))
      ? undefined
      : "must be a number of days above 0, such as 90",
  rotation: (value) =>
    value === undefined || typeof value === "string"
      ? undefined
      : `must be a string such as "2026-12", not ${kindOf(value)}`,
};

/** The one form of valid options: the order of classes does not count, and what is usual anyway is left out. */
export function normalOptions({
  length,
  characters = USUAL,
  rotateAfterDays,
  rotation,
}: KnownOptions): KnownOptions {
  const classes = CLASSES.filter((name) => characters.includes(name));
  const isUsual = classes.join() === USUAL.join();
  return {
    length,
    ...(!isUsual && { characters: classes }),
    ...(rotateAfterDays !== undefined && { rotateAfterDays }),
    ...(rotation !== undefined && { rotation }),
  };
}
