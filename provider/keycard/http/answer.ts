import type { AxiosResponse } from "axios";
import { callFacts, type Call } from "./call";
import { keycardError } from "./errors";
import { safeText } from "../../safety/safe-text";
import { parseRetryAfter } from "./retry-timing";

const LONGEST_MESSAGE = 300;

/** A successful answer. */
export interface Answer {
  status: number;
  /** The parsed JSON; undefined where there is none. */
  body: unknown;
}

/**
 * Reads an answer.
 *
 * @param hidden - what no error may show beside what the call hides
 * @throws a KeycardError for every answer but a readable success
 */
export function readAnswer(call: Call, response: AxiosResponse<string>, hidden: readonly string[]): Answer {
  const { status } = response;
  const body = parse(response.data);
  if (status >= 300) throw refused({ ...call, hidden: [...call.hidden, ...hidden] }, response, body);
  if (body === UNREADABLE) throw unreadable(call, status, "something that is not JSON");
  return { status, body };
}

/** The error of a success that cannot be understood, which says as little of what was done as a lost answer. */
export function unreadable(
  call: Call,
  status: number,
  what: string,
  remedy = "Check that the endpoint is the address of Keycard's API and that nothing between rewrites answers.",
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
  // A gateway's page for an unknown address is no word of Keycard's about the secret.
  const foreign = status === 404 && body === UNREADABLE;
  return keycardError({
    ...callFacts(call),
    status,
    // By its definition a 303 points to the result of work that was done.
    outcome: status >= 500 || status === 408 || status === 303 || foreign ? "unknown" : "refused",
    event: `answered ${status}${foreign ? " with a page that is not Keycard's" : messageOf(call, body)}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** What the service says of its refusal: its sentence as a quotation, and its code beside it. */
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
