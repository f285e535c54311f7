import type { AxiosResponse } from "axios";
import { isObject } from "../../json";
import { HiddenValues, safeText } from "../../safety/redact";
import { type Call, type Failure, callFacts, keycardError } from "./errors";
import type { RateHints } from "./rate-limit";

const LONGEST_MESSAGE = 300;

/** The maximum wait for a `Retry-After`, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 60_000;

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
  more: Partial<Failure> = {
    remedy: "Check that the endpoint is the address of Keycard's API, and that no proxy rewrites answers.",
  },
) {
  return keycardError({
    ...callFacts(call),
    status,
    outcome: "unknown",
    isUnreadable: true,
    event: `answered ${status} with ${what}`,
    ...more,
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
  const retryAfterMs = retryAfterOf(response);
  // What answers with a page is not Keycard, and knows nothing about secrets and credentials.
  const isForeign = body === UNREADABLE && status >= 400 && status < 500;
  const { said, ...ids } = saidIn(call, body);
  return keycardError({
    ...callFacts(call),
    ...ids,
    status,
    // By definition, a 303 points to the result of work that was done.
    outcome:
      status >= 500 || status === 408 || status === 303 || (isForeign && status === 404)
        ? "unknown"
        : "refused",
    event: `answered ${status}${isForeign ? " with a body that is not JSON" : said}`,
    ...(isForeign && { isForeign, ...(FOREIGN_REMEDIES[status] && { remedy: FOREIGN_REMEDIES[status] }) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const BETWEEN =
  "The answer is not Keycard's. Check the endpoint, and that no proxy, gateway or firewall before it rejects requests.";

const FOREIGN_REMEDIES: Record<number, string> = {
  400: BETWEEN,
  401: BETWEEN,
  403: BETWEEN,
  404: "The endpoint is probably not the address of Keycard's API. Correct it.",
  405: BETWEEN,
};

/** How long the service asks to wait, in milliseconds up to the limit. It writes seconds or a date. */
export function retryAfterOf(response: AxiosResponse): number | undefined {
  const text = header(response, "retry-after") ?? "";
  const now = dateOf(response) ?? Date.now();
  // A gateway may join two headers, as in "2, 10", which JavaScript reads as a date of 2001.
  const [, seconds] = /^\s*(\d+(?:\.\d+)?)\s*(?:,[\d\s.,]*)?$/.exec(text) ?? [];
  const ms = seconds === undefined ? Date.parse(text) - now : Number(seconds) * 1000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

export function rateHintsIn(response: AxiosResponse): RateHints {
  return rateHintsOf((name) => header(response, name), dateOf(response));
}

/** What the body of an error says: in Keycard's older form, in its newer one, or in that of OAuth 2.0. */
type ErrorBody = Partial<
  Record<"message" | "code" | "error" | "error_description" | "details" | "request_id" | "requestId", unknown>
>;

/** The service's own message, quoted, with its details and its error code; and its ID of the request. */
function saidIn(call: Call, body: unknown): { said: string; serverRequestId?: string } {
  const { message, code, error, error_description, details, request_id, requestId } = (
    isObject(body) ? body : {}
  ) as ErrorBody;
  const hidden = new HiddenValues(call.hidden);
  const show = (text: unknown) => (typeof text === "string" ? safeText(text, hidden, LONGEST_MESSAGE) : "");
  const sentence = show(message ?? error_description);
  const more = detailsIn(details)
    .map(show)
    .filter((text) => text !== "" && !sentence.includes(text));
  const detail = [...new Set(more)].join("; ").slice(0, LONGEST_MESSAGE);
  const name = show(code ?? error);
  const said = `${sentence && `, saying "${sentence}"`}${detail && `, with the details "${detail}"`}${name && ` (code ${name})`}`;
  const id = show(request_id ?? requestId);
  return { said, ...(REQUEST_ID.test(id) && id !== call.requestId && { serverRequestId: id }) };
}

const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** The keys of an entry of `details` that tell a place and a reason. Any other may have what was sent. */
const PLACES = ["field", "path", "property", "param", "location"];
const REASONS = ["message", "reason", "description", "detail"];

const MOST_DETAILS = 10;

/** The texts of `details`. Nobody says what it is: a text, an object, or a list of these. */
function detailsIn(details: unknown): string[] {
  if (typeof details === "string") return [details];
  if (Array.isArray(details)) return details.slice(0, MOST_DETAILS).flatMap(detailsIn);
  if (!isObject(details)) return [];
  const text = (names: string[]) =>
    names.map((name) => details[name]).find((value) => typeof value === "string");
  const [place, reason] = [text(PLACES), text(REASONS)];
  return reason === undefined ? [] : [place === undefined ? reason : `${place}: ${reason}`];
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * Reads what an answer says about a rate limit: the headers of the drafts of RFC `RateLimit` (`RateLimit`, `RateLimit-Policy`,
 * and before draft 7 `RateLimit-Limit`, `-Remaining` and `-Reset`), and `X-RateLimit-*`.
 *
 * @param header - returns a header by its name in lower case
 * @param now - milliseconds since the epoch, by the service's clock if that is known
 */
export function rateHintsOf(header: (name: string) => string | undefined, now = Date.now()): RateHints {
  const first = (...names: string[]) => names.map(header).find((text) => text !== undefined) ?? "";
  const combined = first("ratelimit");
  const separate: QuotaState = {
    limit: numberIn(first("ratelimit-limit"), /^\s*(\d+)/),
    remaining: numberIn(
      first("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"),
      /^\s*(\d+)/,
    ),
    resetS: numberIn(first("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"), /^\s*(\d+)/),
  };
  const states = (/\bremaining=/i.test(combined) ? [combined] : itemsOf(combined)).map(
    (item): QuotaState => ({
      name: nameIn(item),
      limit: numberIn(item, /\blimit=(\d+)/i),
      remaining: numberIn(item, /\b(?:r|remaining)=(\d+)/i),
      resetS: numberIn(item, /\b(?:t|reset)=(\d+)/i),
    }),
  );
  const [tightest] = [...states, separate]
    .filter(({ remaining }) => remaining !== undefined)
    .sort((one, other) => (one.remaining ?? 0) - (other.remaining ?? 0));
  if (!tightest) return {};
  const policies = itemsOf(`${first("ratelimit-policy")},${first("ratelimit-limit")}`).flatMap((item) => {
    const quota = numberIn(item, /(?:^|;)\s*(?:q=)?(\d+)\s*(?:;|$)/);
    const windowS = numberIn(item, /;\s*w=(\d+)/);
    return quota && windowS ? [{ name: nameIn(item), quota, windowS }] : [];
  });
  const policy =
    policies.find(({ name, quota }) =>
      name === undefined ? quota === tightest.limit : name === tightest.name,
    ) ?? (policies.length === 1 ? policies[0] : undefined);
  const { remaining = 0, resetS } = tightest;
  return {
    remaining,
    ...(resetS !== undefined && { resetMs: untilReset(resetS, now) }),
    ...(policy && { rate: policy.quota / (policy.windowS * 1000) }),
  };
}

interface QuotaState {
  name?: string | undefined;
  limit: number | undefined;
  remaining: number | undefined;
  resetS: number | undefined;
}

/** The items of a list, without those that do not count requests. */
function itemsOf(text: string): string[] {
  return text.split(",").filter((item) => !/;\s*qu="?(?!requests)/i.test(item));
}

function nameIn(item: string): string | undefined {
  return /^\s*"([^"]*)"/.exec(item)?.[1];
}

/** Some services write the number of seconds, others the time in seconds or milliseconds since the epoch. */
function untilReset(reset: number, now: number): number {
  if (reset > 1e11) return Math.max(0, reset - now);
  return reset > 1e9 ? Math.max(0, reset * 1000 - now) : reset * 1000;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
