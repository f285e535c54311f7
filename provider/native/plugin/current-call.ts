import { AsyncLocalStorage } from "node:async_hooks";

/** A call of the engine. */
export interface CurrentCall {
  /** The resource that the call is about. */
  urn?: string;
}

const calls = new AsyncLocalStorage<CurrentCall>();

/** Runs code on behalf of a call. */
export function onBehalfOf<T>(call: CurrentCall, run: () => Promise<T>): Promise<T> {
  return calls.run(call, run);
}

/** The call on whose behalf the current code runs. */
export function currentCall(): CurrentCall | undefined {
  return calls.getStore();
}
