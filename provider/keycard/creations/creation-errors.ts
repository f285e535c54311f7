import { failureOf } from "../http/errors";
import type { NewSecret } from "../secret";

/** What to do about a secret that exists, for the texts of errors: "set the argument `adoptId` to its id". */
export interface Advice {
  takeOver: string;
  startAfresh: string;
}

/** What to do about secrets of which it is not certain which one the creation made. */
export function remedyForSeveral(ids: string[], { takeOver }: Advice): string {
  return ids.length === 1
    ? `Keycard holds a secret that may be this one: ${ids[0]}. To keep it, ${takeOver}; if nobody uses it, delete it.`
    : `Keycard holds ${ids.length} secrets that may be this one: ${ids.join(", ")}. ` +
        `Delete those that nobody uses, and ${takeOver} for the one to keep.`;
}

/** What to do if the secret could not be looked for. */
export function remedyForNoLook(error: unknown, { name, entityId }: NewSecret, advice: Advice): string {
  const cause = failureOf(error);
  const why = cause ? `${cause.method} ${cause.path} ${cause.event}` : (error as Error).message;
  const isTransient = cause?.status === 0 || cause?.status === 429 || (cause?.status ?? 0) >= 500;
  return (
    `Could not confirm whether the secret was created: ${why.replace(/\.$/, "")}. ` +
    (isTransient
      ? "Run `pulumi up` again; it checks before creating."
      : `Look for "${name}" of entity ${entityId} in Keycard: if it was created just now, ${advice.takeOver}; ` +
        `otherwise ${advice.startAfresh}.`)
  );
}

/** What to do if the secret was looked for as long as there was time, and not found. */
export function remedyForNothing(isCertain: boolean): string {
  return isCertain
    ? "Keycard holds no such secret. Run it again. If this keeps happening, contact Keycard support with the request ID."
    : "Could not confirm whether the secret was created: Keycard does not show it yet. " +
        "Run `pulumi up` again; it checks before creating.";
}
