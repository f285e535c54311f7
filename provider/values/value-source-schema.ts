import * as z from "zod/mini";
import { UNKNOWN_VALUE } from "../protocol/unknown-value";
import type { WatchedSource } from "./value-source";

const filled = z.string().check(z.minLength(1));
const common = { fingerprint: z.optional(z.string()), unreadVersion: z.optional(z.number()) };
const trim = z.optional(z.boolean());

const watchedSource = z.union([
  z.strictObject({ ...common, fromEnv: filled }),
  z.strictObject({ ...common, fromFile: filled, trim }),
  z.strictObject({
    ...common,
    fromCommand: z.tuple([filled], z.string()),
    trim,
    timeoutSeconds: z.optional(z.number().check(z.positive())),
  }),
]);

/** True for what `fromEnv`, `fromFile` and `fromCommand` return, as it is and as the state has it. */
export function isWatchedSource(value: unknown): value is WatchedSource {
  return isObject(value) && !holdsUnknown(value) && watchedSource.safeParse(value).success;
}

/** True for the same, and where a preview cannot know it yet. */
export function mayBeSource(value: unknown): boolean {
  return isObject(value) && (holdsUnknown(value) || watchedSource.safeParse(value).success);
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;

const holdsUnknown = (value: unknown) => JSON.stringify(value).includes(UNKNOWN_VALUE);
