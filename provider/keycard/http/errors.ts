/**
 * What is known of a call that failed: `refused` was certainly not done, `unreached` never arrived at the service,
 * and of `unknown` nothing can be said without looking.
 */
export type Outcome = "refused" | "unreached" | "unknown";

/** The facts of a failed call. None of them can carry a body, a header or a value. */
export interface Failure {
  /** What was to be done, as in "create the secret". */
  action: string;
  method: string;
  path: string;
  requestId: string;
  /** The HTTP status; 0 where there was no answer. */
  status: number;
  outcome: Outcome;
  /** What happened, as in "answered 503"; what the service said is in it, without any known value. */
  event: string;
  remedy?: string;
  /** True where another attempt cannot help, as with a host name that nobody knows. */
  lasting?: boolean;
  /** True if the service answered a success that is not what it documents. */
  isUnreadable?: boolean;
  /** True for a 404 that does not prove that the thing is gone. */
  isUnproven?: true;
  /** How long the service asks to be left alone, in milliseconds. */
  retryAfterMs?: number;
  /** When a creation of which nothing is known began, by the service's clock, in milliseconds since the epoch. */
  since?: number;
  /** Set once no further attempt will be made. */
  tried?: { attempts: number; ms: number };
}

/** An error of a call to Keycard. */
export interface KeycardError extends Error {
  readonly keycard: Failure;
}

/** Builds the error of a failed call: one sentence of fact, one of remedy. */
export function keycardError(failure: Failure): KeycardError {
  const { action, method, path, requestId, event, tried } = failure;
  const effort = tried && tried.attempts > 1 ? `, tried ${tried.attempts} times in ${seconds(tried.ms)}` : "";
  const remedy = failure.remedy ?? remedyFor(failure);
  const text = `Could not ${action}: ${method} ${path} ${event} (request ${requestId}${effort}). ${remedy}`;
  return Object.assign(new Error(text), { keycard: failure });
}

/** The failure that an error stands for; undefined for an error of another kind. Reads a brand, not a class. */
export function failureOf(error: unknown): Failure | undefined {
  return (error as Partial<KeycardError> | null | undefined)?.keycard;
}

/** True if Keycard itself answered that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.status === 404 && failure.outcome === "refused" && !failure.isUnproven;
}

/** Writes a duration for people. */
export function seconds(ms: number): string {
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;
}

function remedyFor({ method, status, outcome }: Failure): string {
  if (outcome === "unreached" && status === 0)
    return "Check the endpoint, the network and the proxy if there is one, then run it again.";
  if (status >= 300 && status < 400) return "The endpoint is probably not the address of Keycard's API.";
  const known: Record<number, string> = {
    400: "Keycard refused the content: correct the argument that it names.",
    404:
      method === "POST" ? "The zone or the entity may be wrong: check both." : "Check the zone and the id.",
    409: "Keycard already holds something in its place.",
    407: "The proxy wants credentials: put them into the address in HTTPS_PROXY or HTTP_PROXY.",
    422: "Keycard refused the content: correct the argument that it names.",
    429: "Keycard limits the rate of calls: run it again later, or with less at once.",
  };
  return known[status] ?? "Run it again; if it stays, give the request id to Keycard's support.";
}
