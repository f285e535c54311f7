import { randomInt } from "node:crypto";
import { didYouMean } from "../config/did-you-mean";
import { isObject, sameJson } from "../json";
import { isOutput, isPromise, isRecord, kindOf, mistake } from "../mistake";
import { holdsUnknown, UNKNOWN_VALUE } from "../pulumi-values";
import { anyRecipe, fingerprintOf, recipeOf } from "./fingerprint";
import type {
  CharacterClass,
  DeclaredData,
  GeneratedOptions,
  KeptGenerated,
  KnownOptions,
  SecretData,
} from "./types";
import {
  givenIn,
  othersIn,
  Value,
  withGiven,
  type CheckContext,
  type CheckedValue,
  type ExistingValue,
  type SendTools,
  type ValueChange,
  type ValueToSend,
} from "./value";

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
 * @param options - the length and characters of the value, and when to replace it
 * @throws if an option is unknown or wrong
 *
 * @example
 * ```ts
 * import { generated, Secret } from "pulumi-keycard";
 *
 * new Secret("database", {
 *   entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3",
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

/** A token or password that the provider generates. The state has how it was generated, when, and its fingerprint. */
export class Generated extends Value {
  static readonly examples = ["generated({ length: 32 })"];

  static readonly keys = ["generated"];

  private readonly kept: KeptGenerated;

  constructor(data: DeclaredData) {
    super(data);
    this.kept = this.given as KeptGenerated;
  }

  /**
   * Adds the time since which the value is valid: that of the state, or now if it must be replaced. The engine lists a change
   * only if arguments differ, and this one differs as soon as a value is too old.
   */
  override check(held: Value, { preview, isAdopted }: CheckContext): Promise<CheckedValue> {
    const { data, path } = this;
    const { generated, since: given, fingerprint } = this.kept;
    // By the option `ignoreChanges`. Another secret has another time and another fingerprint.
    const isFromState = (given !== undefined || fingerprint !== undefined) && sameJson(data, held.data);
    if (isFromState) return Promise.resolve({ data });
    if (holdsUnknown(generated)) return Promise.resolve({ data: this.with({ generated }) });
    const problems = [
      ...(Object.keys(this.kept).every((name) => KEPT_KEYS.includes(name))
        ? []
        : // The name of the key may be a value that was written into the wrong place.
          [`\`${path}\` has other keys than \`generated\`: remove them`]),
      ...problemsOfGenerated(generated, { at: `${path}.generated.` }),
    ];
    if (problems.length > 0) return Promise.resolve({ data, problems });
    const options = normalOptions(generated);
    if (held instanceof Generated && held.isValidFor(options) && sameJson(held.others, this.others))
      return Promise.resolve({ data: this.with({ ...held.kept, generated: options }) });
    // A saved plan would be violated if `pulumi up` had another time than the preview.
    const since = preview ? UNKNOWN_VALUE : new Date().toISOString();
    const isTimed = preview !== undefined && !isAdopted;
    return Promise.resolve({ data: this.with({ generated: options, ...(isTimed && { since }) }) });
  }

  override async toSend({ hide }: SendTools): Promise<ValueToSend> {
    const { generated, since = new Date().toISOString() } = this.kept;
    const text = generate(generated);
    hide(text);
    const kept = this.with({ generated, since, fingerprint: await fingerprintOf(text, anyRecipe()) });
    return { data: this.with(text) as SecretData, kept, unconfirmed: kept };
  }

  override changeFrom(held: Value, mayExpire = false): ValueChange {
    if (!(held instanceof Generated)) return "value";
    const { generated, since } = this.kept;
    const isOfSameTime = since === undefined || held.kept.since === undefined || since === held.kept.since;
    // If `check` knows that it is too old, it has already set another time.
    if (mayExpire && since === undefined && isDue(held.kept.since, generated)) return "rotation";
    const isValid =
      isOfSameTime &&
      this.isStale === held.isStale &&
      sameGeneration(held.kept.generated, generated) &&
      sameJson(held.others, this.others);
    if (!isValid) return "value";
    return sameJson(held.kept.generated, generated) ? "none" : "state";
  }

  override renewedBecause(held: Value): string | undefined {
    if (!(held instanceof Generated) || this.changeFrom(held, true) === "none") return undefined;
    const [{ generated: before, since }, { generated: now }] = [held.kept, this.kept];
    if (held.isUnread) return "it may have been changed in Keycard";
    if (held.isStale) return "it was changed in Keycard";
    if (isDue(since, now)) return `it is older than ${now.rotateAfterDays} days (rotateAfterDays)`;
    const names = Object.keys(RULES) as (keyof KnownOptions)[];
    const changed = names.filter((name) => name !== "rotateAfterDays" && !sameJson(before[name], now[name]));
    if (changed.length > 0) return `${changed.map((name) => `\`${name}\``).join(" and ")} changed`;
    return sameJson(held.others, this.others) ? undefined : "another part of `data` changed";
  }

  /** If the declarations are the same, the whole value differs. */
  override shownBeside(held: Value): [before: unknown, now: unknown] {
    const [before, now] = [held.declaration, this.declaration];
    return [sameJson(before, now) ? this.with("") : before, now];
  }

  override get declaration(): DeclaredData {
    return this.with({ generated: this.kept.generated });
  }

  /** The value of an adopted secret stays, unless its type or user name differs. */
  override async keptOnAdoption({ type, updatedAt, data }: ExistingValue): Promise<DeclaredData | undefined> {
    if (type !== this.type || (data && !sameJson(othersIn(data), this.others))) return undefined;
    return this.with({
      generated: this.kept.generated,
      // The value was last changed at this time or earlier.
      since: updatedAt,
      ...(data && { fingerprint: await fingerprintOf(givenIn(data) as string, anyRecipe()) }),
    });
  }

  /** It has no `since` if neither state knows the value: somebody has set it outside Pulumi. */
  override async keptAfterRead(found: SecretData, held: Value): Promise<DeclaredData> {
    const text = givenIn(found) as string;
    for (const known of [held, this]) {
      if (!(known instanceof Generated) || known.type !== found.type || known.kept.since === undefined)
        continue;
      if (!(await known.isText(text))) continue;
      const { generated, since, fingerprint } = known.kept;
      return withGiven(found, { generated, since, ...(fingerprint !== undefined && { fingerprint }) });
    }
    const { generated, fingerprint } = this.kept;
    const recipe = recipeOf(fingerprint) ?? anyRecipe();
    return withGiven(found, { generated, fingerprint: await fingerprintOf(text, recipe) });
  }

  override keptUnsent(held: Value): DeclaredData {
    return held instanceof Generated
      ? this.with({ ...held.kept, generated: this.kept.generated })
      : this.data;
  }

  override keptUncertain(_held: Value, version: number): DeclaredData {
    return this.keptUnread({ type: this.type as SecretData["type"], version });
  }

  /** True for a value that must be replaced because Keycard has, or may have, another one. */
  private get isStale(): boolean {
    return this.isUnread || (this.kept.fingerprint !== undefined && this.kept.since === undefined);
  }

  private isValidFor(options: KnownOptions): boolean {
    const { generated, since } = this.kept;
    return !this.isStale && sameGeneration(generated, options) && !isDue(since, options);
  }
}

/** The keys of a generated value, of which a program sets only the first. */
const KEPT_KEYS = ["generated", "since", "fingerprint", "unreadVersion"];

const DAY_MS = 86_400_000;

/** True for a value that is older than `rotateAfterDays`. */
function isDue(since: string | undefined, { rotateAfterDays }: KnownOptions): boolean {
  if (since === undefined || rotateAfterDays === undefined) return false;
  return Date.now() - Date.parse(since) > rotateAfterDays * DAY_MS;
}

function sameGeneration(one: KnownOptions, other: KnownOptions): boolean {
  return sameJson({ ...one, rotateAfterDays: null }, { ...other, rotateAfterDays: null });
}

/** The characters of each class, in the order in which the state has the classes. */
const ALPHABETS: Record<CharacterClass, string> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
  symbols: "!+,-.=^_~",
};

const CLASSES = Object.keys(ALPHABETS) as CharacterClass[];

/** The default classes. 32 such characters have 190 bits. */
const USUAL: readonly CharacterClass[] = ["lower", "upper", "digits"];

/** Generates a text. All texts of this length with at least one character of each class are equally likely. */
export function generate({ length, characters = USUAL }: KnownOptions): string {
  const alphabets = characters.map((name) => ALPHABETS[name]);
  const all = alphabets.join("");
  for (;;) {
    const drawn = Array.from({ length }, () => all.charAt(randomInt(all.length)));
    // Inserting a missing character would make some texts more likely than others.
    if (alphabets.every((alphabet) => drawn.some((each) => alphabet.includes(each)))) return drawn.join("");
  }
}

const SHORTEST = 8;
const LONGEST = 1024;

type Rule = (value: unknown) => string | undefined;

const RULES: Record<keyof GeneratedOptions, Rule> = {
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

/**
 * Returns the problems of the options of `generated`. Each names its option, and none shows a value.
 *
 * @param at - the prefix of the names of options
 * @param later - the names of options whose values are not known yet
 */
function problemsOfGenerated(
  options: unknown,
  { at = "", later = [] }: { at?: string; later?: readonly string[] } = {},
): string[] {
  if (!isObject(options)) {
    return [`\`${at.replace(/\.$/, "")}\` must be an object such as { length: 32 }, not ${kindOf(options)}`];
  }
  const names = Object.keys(RULES);
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  const problems = Object.entries(RULES).flatMap(([name, rule]) => {
    const problem = later.includes(name) && options[name] === undefined ? undefined : rule(options[name]);
    return problem === undefined ? [] : [`\`${at}${name}\` ${problem}`];
  });
  return [
    ...unknown.map(
      (name) =>
        `\`${at}${name}\` is not an option of generated. ${didYouMean(name, names)}The options are ${names.join(", ")}`,
    ),
    ...problems,
  ];
}

/** Normalises valid options: sorts the classes, and leaves out defaults. */
function normalOptions({
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
