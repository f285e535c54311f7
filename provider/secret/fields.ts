import * as z from "zod/mini";
import { didYouMean } from "../config/did-you-mean";
import { MISSING_ZONE } from "../config/settings";
import { sameJson, withoutNulls } from "../json";
import type { SecretPatch } from "../keycard/wire";
import { kindOf } from "../mistake";
import { SIGNATURE_KEY, isUnknown, strayText } from "../pulumi-values";
import { isByKind, valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";

/** A JSON object, which Keycard does not encrypt. A key with the value `null` is absent. */
export type Metadata = Record<string, unknown>;

/** The arguments of a secret, resolved, in the form that `check` returns and the state stores. */
export interface SecretInputs {
  zoneId: string;
  entityId: string;
  name: string;
  description?: string;
  metadata?: Metadata;
  data: DeclaredData;
  maxAgeDays?: number;
  adoptId?: string;
}

interface Field {
  /** The effect of a change. `state` is an update that sends nothing, because only the state has the argument. */
  change: "replace" | "patch" | "state" | "nothing";
  /** The value that an absent argument means, and that a PATCH sends to clear it. */
  cleared?: unknown;
  /** Returns whether two values mean the same, if comparing JSON is not enough. */
  same?: (olds: unknown, news: unknown) => boolean;
}

/** One row per argument. Everything that depends on the set of arguments is derived from this table. */
const FIELDS: Record<keyof SecretInputs, Field> = {
  zoneId: { change: "replace" },
  entityId: { change: "replace" },
  name: { change: "patch" },
  description: { change: "patch", cleared: "" },
  metadata: { change: "patch", cleared: {} },
  data: { change: "patch", same: (olds, news) => valueOf(news).changeFrom(valueOf(olds)) === "none" },
  maxAgeDays: { change: "state" },
  adoptId: { change: "nothing" },
};

export const ARGUMENTS = Object.keys(FIELDS) as (keyof SecretInputs)[];

export const UNENCRYPTED = ARGUMENTS.filter((name) => name !== "data" && FIELDS[name].change === "patch");

export const clearedValue = (name: keyof SecretInputs): unknown => FIELDS[name].cleared;

export const CLEARABLE = UNENCRYPTED.filter((name) => FIELDS[name].cleared !== undefined);

type Arguments = Partial<Record<keyof SecretInputs, unknown>>;

const argumentIn = (args: Arguments, name: keyof SecretInputs) =>
  withoutNullsIn(name, args[name]) ?? FIELDS[name].cleared;

const withoutNullsIn = (name: string, value: unknown) => (name === "metadata" ? withoutNulls(value) : value);

/** The changed arguments of one effect. The order of keys, and the form of an absent value, are not a change. */
export function changedArguments(olds: Arguments, news: Arguments, change: Field["change"]) {
  return ARGUMENTS.filter((name) => {
    const { change: cost, same = sameJson } = FIELDS[name];
    return cost === change && !same(argumentIn(olds, name), argumentIn(news, name));
  });
}

/** The smallest PATCH that changes one set of arguments into another. */
export function patchBetween(olds: Arguments, news: Arguments): SecretPatch {
  return Object.fromEntries(
    changedArguments(olds, news, "patch").map((name) => [name, argumentIn(news, name)]),
  );
}

/** The same, with the value that is to be sent, if any. */
export function patchWith(data: SecretPatch["data"], olds: Arguments, news: Arguments): SecretPatch {
  const patch = patchBetween(olds, news);
  delete patch.data;
  return { ...patch, ...(data && { data }) };
}

/** Removes arguments and keys of metadata whose value means that they are absent. */
export function withoutCleared<T extends object>(args: T): T {
  const entries = Object.entries(args).map(([name, value]): [string, unknown] => [
    name,
    withoutNullsIn(name, value),
  ]);
  return Object.fromEntries(
    entries.filter(
      ([name, value]) =>
        value !== undefined &&
        !(value !== null && name in FIELDS && sameJson(value, FIELDS[name as keyof SecretInputs].cleared)),
    ),
  ) as T;
}

/** Maximum length of a description, in characters (code points, as JSON Schema counts them). */
export const DESCRIPTION_LENGTH = 128;

/** Shorter values would occur in other texts by chance. */
const SHORTEST_GUARDED_VALUE = 8;

const isMissing = (input: unknown) => input === undefined || input === null || input === "";

/** An id. A number or a list gets another message than a missing id. */
const id = (path: string, missing: string) => {
  const error = ({ input }: { input?: unknown }) =>
    isMissing(input) ? missing : `\`${path}\` must be a string, not ${kindOf(input)}`;
  return z.string({ error }).check(z.minLength(1, { error }));
};

const text = (path: string) => z.string({ error: ({ input }) => problemOfText(path, input) });

function problemOfText(path: string, input: unknown): string {
  if (input === undefined) return `\`${path}\` is missing`;
  const wanted = `\`${path}\` must be a string`;
  if (path !== "data.username" || !isByKind(input)) return `${wanted}, not ${kindOf(input)}`;
  return `${wanted}: only \`data.token\` and \`data.password\` can come from fromEnv, fromFile and fromCommand, or be generated`;
}

const NOT_JSON = "`metadata` must contain only JSON values";

const DATA_FORMS = '{ type: "token", token } or { type: "password", username, password }';

const dataForm = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `\`data\` has ${list(issue.keys.map(hiderOf(textsToGuard(issue.input))))}, which its type does not have: write ${DATA_FORMS}${hintFor(issue.keys)}`
        : undefined,
  });

/** If the program changes the type, `ignoreChanges` may keep a field of the old type in `data`. */
function hintFor(keys: string[]): string {
  const ignored = keys.find((key) => ["token", "username", "password"].includes(key));
  if (ignored === undefined) return "";
  return `. If the option \`ignoreChanges\` names \`data.${ignored}\`, remove it to change the type`;
}

const makeSchema = () =>
  z.object({
    zoneId: id("zoneId", MISSING_ZONE),
    entityId: id(
      "entityId",
      "`entityId` is missing: set it to the ID of the entity that the secret belongs to",
    ),
    name: text("name"),
    description: z.optional(
      text("description").check(
        z.refine((description) => [...description].length <= DESCRIPTION_LENGTH, {
          error: (issue) =>
            `\`description\` has ${[...(issue.input as string)].length} characters, and the maximum is ${DESCRIPTION_LENGTH}`,
        }),
      ),
    ),
    metadata: z.optional(
      z
        .record(z.string(), z.json(), "`metadata` must be a JSON object")
        .check(z.refine((metadata) => !holdsSpecial(metadata), NOT_JSON)),
    ),
    data: z.discriminatedUnion(
      "type",
      [
        dataForm({ type: z.literal("token"), token: z.optional(z.unknown()) }),
        dataForm({
          type: z.literal("password"),
          username: text("data.username"),
          password: z.optional(z.unknown()),
        }),
      ],
      {
        error: ({ input }) =>
          input === undefined ? `\`data\` is missing: write ${DATA_FORMS}` : `\`data\` must be ${DATA_FORMS}`,
      },
    ),
    maxAgeDays: z.optional(
      z.unknown().check(
        z.refine((days) => typeof days === "number" && days > 0 && Number.isFinite(days), {
          error: "`maxAgeDays` must be a number of days above 0, such as 90",
        }),
      ),
    ),
    adoptId: z.optional(
      id("adoptId", "`adoptId` is empty: set it to the ID of an existing secret, or remove it"),
    ),
  });

let schema: ReturnType<typeof makeSchema> | undefined;

/**
 * Returns all problems of a secret's arguments, except those of the token or password itself. Each names its argument, and
 * none shows a value. What a preview does not know yet is not validated.
 *
 * @param text - the token or password, if it is known
 */
export function problemsOf(args: Record<string, unknown>, text?: string): string[] {
  // Made by the first check, because a refresh and a destroy check nothing.
  schema ??= makeSchema();
  const issues = schema.safeParse(args, { error: () => NOT_JSON }).error?.issues ?? [];
  const texts = textsToGuard(args["data"], text);
  const problems = [
    ...unknownArguments(args, hiderOf(texts)),
    ...issues.filter(({ path }) => !reachesUnknown(args, path)).map(({ message }) => message),
    ...exposedValues(args, texts),
  ];
  return [...new Set(problems)];
}

function holdsSpecial(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, SIGNATURE_KEY) || Object.values(value).some(holdsSpecial);
}

function unknownArguments(args: Record<string, unknown>, hide: (name: string) => string): string[] {
  return Object.keys(args)
    .filter((name) => !(ARGUMENTS as string[]).includes(name))
    .map((name) => {
      const shown = hide(name);
      return `\`${shown}\` is not an argument of Secret. ${didYouMean(shown, ARGUMENTS)}The arguments are ${list(ARGUMENTS)}`;
    });
}

function reachesUnknown(args: unknown, path: PropertyKey[]): boolean {
  let value = args;
  for (const key of path) {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    if (isUnknown(value)) return true;
  }
  return false;
}

/** Keycard encrypts only `data`, so a value that also occurs elsewhere is rejected before it is sent. */
function exposedValues(args: Record<string, unknown>, texts: string[]): string[] {
  const hide = hiderOf(texts);
  return UNENCRYPTED.flatMap((name) => textsIn(args[name], name))
    .filter(({ text }) => texts.some((value) => text.includes(value)))
    .map(
      ({ path }) =>
        `\`${hide(path)}\` contains the secret's value, but Keycard encrypts only \`data\`: remove it`,
    );
}

/** Without the user name, because account names often occur in other texts. */
function textsToGuard(data: unknown, text?: string): string[] {
  const { token, password } = (data ?? {}) as Record<string, unknown>;
  return [token, password, text].filter(
    (value): value is string =>
      typeof value === "string" && value.length >= SHORTEST_GUARDED_VALUE && !isUnknown(value),
  );
}

/** Removes values from names that the user chose, because a message must not show a value. */
function hiderOf(texts: string[]): (name: string) => string {
  return (name) => texts.reduce((shown, value) => shown.replaceAll(value, "[value]"), name);
}

/** All strings, numbers and keys in a JSON value, with their paths. */
function textsIn(value: unknown, path: string): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value === "number") return [{ path, text: String(value) }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    { path: `${path}.${key}`, text: key },
    ...textsIn(child, `${path}.${key}`),
  ]);
}

const list = (names: string[]) => names.map((name) => `\`${name}\``).join(", ");

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

/**
 * Removes `adoptId` from the inputs of an existing secret if it would be listed as one of several changes. A refresh removes
 * it from the state, because `read` cannot know whether the program still has it. An `up` without changes restores it.
 */
export function withStableAdoptId(inputs: Arguments, olds: Partial<SecretInputs>): Arguments {
  const isNew = Object.keys(olds).length === 0;
  if (isNew || olds.adoptId !== undefined || !hasChanges(olds, inputs)) return inputs;
  const stable = { ...inputs };
  delete stable.adoptId;
  return stable;
}

function hasChanges(olds: Arguments, news: Arguments): boolean {
  return (["replace", "patch", "state"] as const).some(
    (cost) => changedArguments(olds, news, cost).length > 0,
  );
}
