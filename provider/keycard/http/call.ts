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
