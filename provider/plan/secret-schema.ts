import * as z from "zod/mini";
import { MISSING_ZONE } from "../config";
import { ARGUMENTS } from "./secret-changes";
import { SIGNATURE_KEY } from "../protocol/engine-secret";
import { isUnknown } from "../protocol/unknown-value";
import { mayBeSource } from "../values/value-source-schema";

/** Longest description that Keycard keeps, in characters (code points, as JSON Schema counts them). */
export const DESCRIPTION_LENGTH = 128;

/** A shorter value would be found by chance in honest texts. */
const SHORTEST_GUARDED_VALUE = 8;

const filled = (text: string) => z.string(text).check(z.minLength(1, text));

const text = (path: string) => z.string(`\`${path}\` must be a string`);

const NOT_JSON = "`metadata` must hold JSON values only";

const value = (path: string) =>
  z.custom<unknown>(
    (given) => typeof given === "string" || mayBeSource(given),
    `\`${path}\` must be a string, fromEnv("NAME"), fromFile("path") or fromCommand(["program", "argument"])`,
  );

const DATA_FORMS = '{ type: "token", token } or { type: "password", username, password }';

const dataForm = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `\`data\` has ${list(issue.keys.map(hiderOf(issue.input)))}, which its type does not know: write ${DATA_FORMS}`
        : undefined,
  });

const schema = z.object({
  zoneId: filled(MISSING_ZONE),
  entityId: filled("`entityId` is missing: give the id of the entity that the secret belongs to"),
  name: text("name"),
  description: z.optional(
    text("description").check(
      z.refine((description) => [...description].length <= DESCRIPTION_LENGTH, {
        error: (issue) =>
          `\`description\` has ${[...(issue.input as string)].length} characters, and Keycard keeps ${DESCRIPTION_LENGTH}`,
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
      dataForm({ type: z.literal("token"), token: value("data.token") }),
      dataForm({
        type: z.literal("password"),
        username: text("data.username"),
        password: value("data.password"),
      }),
    ],
    `\`data\` must be ${DATA_FORMS}`,
  ),
  adoptId: z.optional(filled("`adoptId` must be the id of an existing secret")),
});

type Arguments = Record<string, unknown>;

/**
 * Says what is wrong with the arguments of a secret, all of it, each line naming its argument and none of them
 * showing a value. What a preview cannot know yet is not judged.
 */
export function problemsOf(args: Arguments): string[] {
  const issues = schema.safeParse(args, { error: () => NOT_JSON }).error?.issues ?? [];
  const problems = [
    ...unknownArguments(args),
    ...issues.filter(({ path }) => !reachesUnknown(args, path)).map(({ message }) => message),
    ...exposedValues(args),
  ];
  return [...new Set(problems)];
}

function holdsSpecial(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, SIGNATURE_KEY) || Object.values(value).some(holdsSpecial);
}

function unknownArguments(args: Arguments): string[] {
  return Object.keys(args)
    .filter((name) => !(ARGUMENTS as string[]).includes(name))
    .map(
      (name) =>
        `\`${hiderOf(args["data"])(name)}\` is not an argument of a secret. The arguments are ${list(ARGUMENTS)}`,
    );
}

function reachesUnknown(args: unknown, path: PropertyKey[]): boolean {
  let value = args;
  for (const key of path) {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    if (isUnknown(value)) return true;
  }
  return false;
}

/** Keycard encrypts `data` alone, so a value that also stands elsewhere is refused before it is sent. */
function exposedValues(args: Arguments): string[] {
  const values = guardedValues(args["data"]);
  const hide = hiderOf(args["data"]);
  return ["name", "description", "metadata"]
    .flatMap((name) => textsIn(args[name], name))
    .filter(({ text }) => values.some((value) => text.includes(value)))
    .map(
      ({ path }) =>
        `\`${hide(path)}\` contains the secret's value, and Keycard encrypts \`data\` alone: take it out`,
    );
}

/** A user's name is not among them, as account names stand in honest texts. */
function guardedValues(data: unknown): string[] {
  const { token, password } = (data ?? {}) as Record<string, unknown>;
  return [token, password].filter(
    (value): value is string =>
      typeof value === "string" && value.length >= SHORTEST_GUARDED_VALUE && !isUnknown(value),
  );
}

/** Takes the values of `data` out of what the user may have named anything, as a message shows no value. */
function hiderOf(data: unknown): (name: string) => string {
  const values = guardedValues(data);
  return (name) => values.reduce((shown, value) => shown.replaceAll(value, "[value]"), name);
}

/** Every text in a JSON value, numbers and the names of keys included, with the path to it. */
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
