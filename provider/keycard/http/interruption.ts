import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Why calls end before they time out. */
export interface Interruption {
  /** As in "was cancelled". */
  event: string;
  /** The remedy, as a sentence. */
  remedy: string;
}

/** The signal of the running code. Its reason is an {@link Interruption}. */
const current = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs code whose calls to Keycard end when a signal aborts: pending requests are abandoned, pauses end, and nothing
 * more is sent.
 *
 * @param signal - its reason is an {@link Interruption}
 */
export function interruptible<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return current.run(signal, run);
}

/** Runs code whose result others share, so that no caller's signal may end it. */
export function uninterruptible<T>(run: () => Promise<T>): Promise<T> {
  return current.run(undefined, run);
}

/** The signal that can end the running code, if there is one. */
export function currentSignal(): AbortSignal | undefined {
  return current.getStore();
}

/** Why the running code must end; undefined if it need not. */
export function interruptionOf(signal = currentSignal()): Interruption | undefined {
  return signal?.aborted ? (signal.reason as Interruption) : undefined;
}

/** Waits for a number of milliseconds, or until an interruption. */
export async function pause(ms: number): Promise<void> {
  const signal = currentSignal();
  if (!signal) return void (await sleep(ms));
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Waits for a shared promise until an interruption. The promise continues for the others.
 *
 * @param late - returns the error for the interruption, which it cannot read from the running code
 * @throws the error that `late` returns, if it is interrupted
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
