import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Why the calls made for something end before their own time is up. */
export interface Interruption {
  /** As in "was cancelled". */
  event: string;
  /** What to do, as a sentence. */
  remedy: string;
}

/** The end of calls: a signal whose reason is an {@link Interruption}. */
const current = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs something whose calls to Keycard end when a signal aborts: requests under way are abandoned, pauses end, and
 * nothing more is sent.
 *
 * @param signal - its reason is an {@link Interruption}
 */
export function interruptible<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return current.run(signal, run);
}

/** Runs something that others wait for too, so that no signal of one of them may end it. */
export function uninterruptible<T>(run: () => Promise<T>): Promise<T> {
  return current.run(undefined, run);
}

/** The signal that ends what the running code does, if one can. */
export function currentSignal(): AbortSignal | undefined {
  return current.getStore();
}

/** Why what the running code does has to end, if it has to. */
export function interruptionOf(signal = currentSignal()): Interruption | undefined {
  return signal?.aborted ? (signal.reason as Interruption) : undefined;
}

/** Waits, in milliseconds, but not beyond an interruption. */
export async function pause(ms: number): Promise<void> {
  const signal = currentSignal();
  if (!signal) return void (await sleep(ms));
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Waits for something that goes on for others if it takes too long for this one.
 *
 * @param late - makes the error from what ended the wait, which is not current where it was ended
 * @throws an Error that tells of the interruption
 */
export async function untilInterrupted<T>(
  promise: Promise<T>,
  late: (interruption: Interruption) => Error,
): Promise<T> {
  const signal = currentSignal();
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(late(signal.reason as Interruption));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}
