import type { Failure } from "./errors";

/** One request to Keycard. */
export interface Call {
  /** The purpose, as in "create the secret". */
  action: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With all ids percent-encoded. */
  path: string;
  query?: Record<string, string> | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  /** A UUID, the same for all attempts of one call. */
  requestId: string;
  /** Counts the attempts of one call, from 1. */
  attempt: number;
  /** Values that no error may show. */
  hidden: readonly string[];
}

/** The facts about a call that its errors show. */
export function callFacts({
  action,
  method,
  path,
  requestId,
}: Call): Pick<Failure, "action" | "method" | "path" | "requestId"> {
  return { action, method, path, requestId };
}

/** Options of a call that is part of a larger operation. */
export interface CallOptions {
  /**
   * The time limit for all attempts together, in milliseconds.
   *
   * @defaultValue the limit of the client
   */
  totalMs?: number;
  /**
   * A UUID.
   *
   * @defaultValue a new one
   */
  requestId?: string;
  /**
   * Values that no error may show, in addition to those that are sent: the service may know them from an earlier call.
   *
   * @defaultValue none
   */
  hidden?: readonly string[];
  /** Returns true if the caller prefers not to retry after this failure. `attempt` counts from 1. */
  givesUp?: (failure: Failure, attempt: number) => boolean;
}
