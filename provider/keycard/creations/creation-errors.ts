import { failureOf } from "../http/errors";
import type { NewSecret } from "../secret";

/** What to do about a secret that exists, as a part of error messages: "set the argument `adoptId` to its id". */
export interface Advice {
  takeOver: string;
  startAfresh: string;
}

/** What to do if several secrets may be the one that was created. */
export function remedyForSeveral(ids: string[], { takeOver }: Advice): string {
  return ids.length === 1
    ? `Found a secret that may be this one: ${ids[0]}. To keep it, ${takeOver}. If nobody uses it, delete it.`
    : `Found ${ids.length} secrets that may be this one: ${ids.join(", ")}. ` +
        `Delete those that nobody uses, and ${takeOver} for the one to keep.`;
}

/** What to do if the search for the secret failed. */
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

/** What to do if the search did not find the secret. */
export function remedyForNothing(isCertain: boolean): string {
  return isCertain
    ? "Keycard has no such secret. Run it again. If this keeps happening, contact Keycard support with the request ID."
    : "Could not confirm whether the secret was created: Keycard does not show it yet. " +
        "Run `pulumi up` again; it checks before creating.";
}
