import { isDeepStrictEqual } from "node:util";
import type { SecretInputs, SecretState } from "../secret-inputs";
import { ARGUMENTS } from "./secret-changes";

const PREFIX = "unknown since ";

/**
 * The id, in the state, of a secret of which nobody knows whether Keycard holds it: its creation was sent, and neither an
 * answer came nor could it be looked for.
 *
 * @param since - when the creation began, by Keycard's clock, in milliseconds since the epoch
 */
export function openId(since: number | undefined): string {
  return PREFIX + (since === undefined ? "?" : new Date(since).toISOString());
}

/** True for an id that stands for an open creation. */
export function isOpenId(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** When an open creation began; `NaN` where Keycard did not tell the time. */
export function sinceOf(openId: string): number {
  return Date.parse(openId.slice(PREFIX.length));
}

/** The open creations that this run replaces, from the diff of each to the creation in its place. */
export class OpenCreations {
  private readonly noted: { inputs: Partial<SecretInputs>; since: number }[] = [];

  /** Remembers one, unless what is declared now is something else. */
  note(id: string, olds: Partial<SecretState>, news: Partial<SecretInputs>): void {
    const inputs = declared(news);
    if (isDeepStrictEqual(declared(olds), inputs)) this.noted.push({ inputs, since: sinceOf(id) });
  }

  /** When the creation of these arguments began in an earlier run, for one of those that ask. */
  take(news: SecretInputs): number | undefined {
    const inputs = declared(news);
    const index = this.noted.findIndex((open) => isDeepStrictEqual(open.inputs, inputs));
    return index < 0 ? undefined : this.noted.splice(index, 1)[0]?.since;
  }
}

function declared(args: Partial<Record<keyof SecretInputs, unknown>>): Partial<SecretInputs> {
  const names = ARGUMENTS.filter((name) => name !== "adoptId" && args[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, args[name]]));
}
