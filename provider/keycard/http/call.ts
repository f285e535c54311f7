import type { Failure } from "./errors";

/** One request to Keycard. */
export interface Call {
  /** What it is for, as in "create the secret". */
  action: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With every id in it percent-encoded. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** A UUID, the same for all attempts of one call. */
  requestId: string;
  /** Counts the attempts of one call, from 1. */
  attempt: number;
  /** Values that no error may show. */
  hidden: readonly string[];
}

/** What an error says of a call. */
export function callFacts({
  action,
  method,
  path,
  requestId,
}: Call): Pick<Failure, "action" | "method" | "path" | "requestId"> {
  return { action, method, path, requestId };
}
