import { randomInt } from "node:crypto";
import type { Input } from "@pulumi/pulumi";
import { didYouMean } from "../config/did-you-mean";
import { kindOf, isOutput, isPromise, isRecord, mistake } from "../mistake";

/**
 * A class of characters: `a` to `z`, `A` to `Z`, `0` to `9`, or symbols that usually need no quotes in a shell, a URL or a
 * connection string: `!+,-.=^_~`.
 */
export type CharacterClass = "lower" | "upper" | "digits" | "symbols";

/** How a value is generated, and when it is replaced. */
export interface GeneratedOptions {
  /** The number of characters, from 8 to 1024. A change generates a new value. */
  length: number;
  /**
   * The classes of characters. The value has at least one character of each. A change generates a new value.
   *
   * @defaultValue `["lower", "upper", "digits"]`
   */
  characters?: readonly CharacterClass[];
  /**
   * The number of days after which the next `pulumi up` generates a new value. The age is counted from the last known change
   * of the value, and is taken from the state. If unset, the value does not expire.
   */
  rotateAfterDays?: number;
  /** Any string, such as `2026-12`. A change generates a new value. It may be an output, such as the id of another resource. */
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

/** The default classes. 32 such characters have 190 bits. */
const USUAL: readonly CharacterClass[] = ["lower", "upper", "digits"];

const SHORTEST = 8;
const LONGEST = 1024;

/** The options of a generated value as the state has them: resolved and normalised. */
export interface KnownOptions extends GeneratedOptions {
  rotation?: string;
}

/** The classes of a value. */
function classesOf({ characters = USUAL }: GeneratedOptions): readonly CharacterClass[] {
  return characters;
}

/**
 * Returns the problems of the options of `generated`. Each names its option, and none shows a value.
 *
 * @param at - the prefix of the names of options
 * @param later - the names of options whose values are not known yet
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

/** Normalises valid options: sorts the classes, and leaves out defaults. */
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

/** A value that the provider generates when it sends it, and that only Keycard stores. */
export interface GeneratedValue {
  /** How the value is generated. */
  generated: GeneratedOptions;
}

/**
 * Makes the provider generate a value when it sends it. Only Keycard stores the value: the state has the options and a
 * fingerprint. `pulumi up` sends a new value if an option or another part of `data` has changed, if the value is older than
 * `rotateAfterDays`, or if a refresh shows that somebody has set another value in Keycard. An adopted secret keeps its value
 * until then.
 *
 * @throws if an option is unknown or wrong
 *
 * @example
 * ```ts
 * import { generated, Secret } from "pulumi-keycard";
 *
 * new Secret("database", {
 *   entityId: "ent_1",
 *   data: { type: "password", username: "app", password: generated({ length: 32, rotateAfterDays: 90 }) },
 * });
 * ```
 */
export function generated(options: GeneratedOptions): GeneratedValue {
  const example = "Write it as generated({ length: 32 }).";
  if (!isRecord(options)) {
    throw mistake(`generated: the options must be an object, not ${kindOf(options)}. ${example}`, generated);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const known = Object.fromEntries(given.filter(([, value]) => !isOutput(value) && !isPromise(value)));
  // Outputs are named separately, because their values are not known here.
  const [problem] = problemsOfGenerated(known, { later: given.map(([name]) => name) });
  if (problem !== undefined) throw mistake(`generated: ${problem}.`, generated);
  return { generated: Object.fromEntries(given) as unknown as GeneratedOptions };
}

/**
 * Generates a value. All strings of this length with at least one character of each class are equally likely.
 */
export function generate(options: KnownOptions): string {
  const alphabets = classesOf(options).map((name) => ALPHABETS[name]);
  const all = alphabets.join("");
  for (;;) {
    const characters = Array.from({ length: options.length }, () => all.charAt(randomInt(all.length)));
    // Inserting a missing character would make some strings more likely than others.
    if (alphabets.every((alphabet) => characters.some((each) => alphabet.includes(each)))) {
      return characters.join("");
    }
  }
}
