import * as z from "zod/mini";
import { UNKNOWN_VALUE } from "./unknown-value";
import type { WatchedSource } from "./value-source";

const filled = z.string().check(z.minLength(1));
const common = { fingerprint: z.optional(z.string()) };
const trim = z.optional(z.boolean());

/** What `fromEnv`, `fromFile` and `fromCommand` return, as it is and as the state has it. */
export const watchedSource = z.union([
  z.strictObject({ ...common, fromEnv: filled }),
  z.strictObject({ ...common, fromFile: filled, trim }),
  z.strictObject({
    ...common,
    fromCommand: z.tuple([filled], z.string()),
    trim,
    timeoutSeconds: z.optional(z.number().check(z.positive())),
  }),
]);

/** True for a source that is known and whole. */
export function isWatchedSource(value: unknown): value is WatchedSource {
  return (
    typeof value === "object" &&
    watchedSource.safeParse(value).success &&
    !JSON.stringify(value).includes(UNKNOWN_VALUE)
  );
}
