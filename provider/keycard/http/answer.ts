import type { AxiosResponse } from "axios";
import { callFacts, type Call, keycardError } from "./errors";
import { safeText } from "../../safety/redact";
import { parseRetryAfter } from "./retry";

const LONGEST_MESSAGE = 300;

/** A successful answer. */
export interface Answer {
  status: number;
  /** The parsed JSON; undefined if the body is empty. */
  body: unknown;
}

/**
 * Reads an answer.
 *
 * @param hidden - values that no error may show, in addition to those of the call
 * @throws a KeycardError unless the answer is a readable success
 */
export function readAnswer(call: Call, response: AxiosResponse<string>, hidden: readonly string[]): Answer {
  const { status } = response;
  const body = parse(response.data);
  if (status >= 300) throw refused({ ...call, hidden: [...call.hidden, ...hidden] }, response, body);
  if (body === UNREADABLE) throw unreadable(call, status, "a body that is not JSON");
  return { status, body };
}

/** The error of a success with an unusable body. As with a lost answer, the result is unknown. */
export function unreadable(
  call: Call,
  status: number,
  what: string,
  remedy = "Check that the endpoint is the address of Keycard's API, and that no proxy rewrites answers.",
) {
  return keycardError({
    ...callFacts(call),
    status,
    outcome: "unknown",
    isUnreadable: true,
    event: `answered ${status} with ${what}`,
    remedy,
  });
}

/** When the service answered, by its clock, in milliseconds since the epoch. */
export function dateOf(response: AxiosResponse): number | undefined {
  const date = Date.parse(header(response, "date") ?? "");
  return Number.isNaN(date) ? undefined : date;
}

const UNREADABLE = Symbol("not JSON");

function parse(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return UNREADABLE;
  }
}

function refused(call: Call, response: AxiosResponse, body: unknown) {
  const { status } = response;
  const retryAfterMs = parseRetryAfter(header(response, "retry-after"), dateOf(response));
  // A gateway's page for an unknown address proves nothing about the secret.
  const foreign = status === 404 && body === UNREADABLE;
  return keycardError({
    ...callFacts(call),
    status,
    // By definition, a 303 points to the result of work that was done.
    outcome: status >= 500 || status === 408 || status === 303 || foreign ? "unknown" : "refused",
    event: `answered ${status}${foreign ? " with a body that is not JSON" : messageOf(call, body)}`,
    ...(foreign && { remedy: "The endpoint is probably not the address of Keycard's API. Correct it." }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The service's own message, quoted, and its error code. */
function messageOf(call: Call, body: unknown): string {
  const { message, code } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const [sentence, name] = [message, code].map((text) =>
    typeof text === "string" ? safeText(text, call.hidden, LONGEST_MESSAGE) : "",
  );
  return `${sentence && `, saying "${sentence}"`}${name && ` (code ${name})`}`;
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}
