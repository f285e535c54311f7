import type { CallTime } from "./time";

/**
 * What is known about the result of a failed call. `refused`: the service certainly did not do it. `unreached`: it never
 * arrived at the service. `unknown`: it may or may not have been done.
 */
type Outcome = "refused" | "unreached" | "unknown";

/** The facts of a failed call. None of them can carry a body, a header or a value. */
export interface Failure {
  /** The purpose of the call, as in "create the secret". */
  action: string;
  method: string;
  path: string;
  requestId: string;
  /** What Keycard itself calls the request, if its answer tells and it differs. */
  serverRequestId?: string;
  /** The HTTP status; 0 if there was no answer. */
  status: number;
  outcome: Outcome;
  /** What happened, as in "answered 503". It includes the service's message, without any known value. */
  event: string;
  remedy?: string;
  /** True if a retry cannot help, as with an unknown host name. */
  lasting?: boolean;
  /** True if the service answered a success with an unexpected body. */
  isUnreadable?: boolean;
  /** True if the time of the call was up before this attempt was sent. */
  isUnsent?: true;
  /** True if something that is not Keycard's API answered, such as a proxy. */
  isForeign?: boolean;
  /** True for a 404 that does not prove that the secret is gone. */
  isUnproven?: true;
  /** How long to wait before the next attempt, as the service asks, in milliseconds. */
  retryAfterMs?: number;
  /** When a creation with an unknown result began, by the service's clock, in milliseconds since the epoch. */
  since?: number;
  /** Set after the last attempt. */
  tried?: { attempts: number; ms: number };
}

export interface KeycardError extends Error {
  readonly keycard: Failure;
}

/** Builds the error of a failed call: one sentence of fact, one of remedy. */
export function keycardError(failure: Failure): KeycardError {
  const { action, method, path, requestId, serverRequestId, event, tried } = failure;
  const effort = tried && tried.attempts > 1 ? `, tried ${tried.attempts} times in ${seconds(tried.ms)}` : "";
  const remedy = failure.remedy ?? remedyFor(failure);
  const ids = `request ${requestId}${serverRequestId === undefined ? "" : `, at Keycard ${serverRequestId}`}`;
  const text = `Could not ${action}: ${method} ${path} ${event} (${ids}${effort}). ${remedy}`;
  return Object.assign(new Error(text), { keycard: failure });
}

/** The failure that an error describes; undefined for an error of another kind. Reads a brand, not a class. */
export function failureOf(error: unknown): Failure | undefined {
  return (error as Partial<KeycardError> | null | undefined)?.keycard;
}

/** True if Keycard itself answered 404. */
export function isNotFound(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.status === 404 && failure.outcome === "refused" && !failure.isUnproven;
}

/** True if Keycard itself answered 403 to a call that it has understood. */
export function isForbidden(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.status === 403 && failure.outcome === "refused" && !failure.isForeign;
}

/** Formats a duration, as in "1.5 s". */
export function seconds(ms: number): string {
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;
}

function remedyFor({ method, status, outcome }: Failure): string {
  if (outcome === "unreached" && status === 0)
    return "Check the endpoint, the network and the proxy, if you use one. Then run it again.";
  if (status >= 300 && status < 400)
    return "The endpoint is probably not the address of Keycard's API. Correct it.";
  const known: Record<number, string> = {
    400: "Keycard rejected the request. Fix the argument that its message names.",
    404:
      method === "POST"
        ? "The zone or the entity was not found. Check both IDs."
        : "Check the zone ID and the secret ID.",
    409: "The request conflicts with an existing secret.",
    407: "The proxy requires credentials. Put them into its address in HTTPS_PROXY, as in http://user:password@proxy.example:3128.",
    413: "The request is too large for Keycard, or for a proxy before it. Shorten the value or the metadata.",
    422: "Keycard rejected the request. Fix the argument that its message names.",
    429: "Keycard limits the request rate. Run it again later, or raise the setting `totalTimeoutSeconds`.",
  };
  return (
    known[status] ?? "Run it again. If this keeps happening, contact Keycard support with the request ID."
  );
}

export interface Call {
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

export const callFacts = ({ action, method, path, requestId }: Call) => ({ action, method, path, requestId });

export interface CallOptions {
  /** The time limit for all attempts together, in milliseconds. @defaultValue the limit of the client */
  totalMs?: number;
  /** The time that the call shares with others; absent if it has its own. */
  time?: CallTime;
  /** A UUID. @defaultValue a new one */
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
