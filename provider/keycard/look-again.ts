import { interruptionOf, pause } from "./http/interruption";

/** The pauses before each further look for something that may appear late, in milliseconds: about 30 s together. */
export const PAUSES_MS: readonly number[] = [1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000];

/** The sum of the pauses, in milliseconds. */
export function lengthOf(pausesMs: readonly number[]): number {
  return pausesMs.reduce((sum, ms) => sum + ms, 0);
}

/** Calls `look` after each pause until it returns something. Returns undefined if it never does, or if it is interrupted. */
export async function lookAgain<T>(
  pausesMs: readonly number[],
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  for (const ms of pausesMs) {
    await pause(ms);
    if (interruptionOf()) return undefined;
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}
