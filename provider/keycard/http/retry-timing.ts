/** The maximum wait for a `Retry-After`, in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 20_000;

/**
 * How long to wait before another attempt: exponential backoff with full jitter, and at least as long as the service asks.
 *
 * @param attempt - the attempt that failed, from 1
 */
export function delayBeforeRetry(attempt: number, retryAfterMs = 0, random = Math.random): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, Math.round(random() * ceiling));
}

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date, as milliseconds up to the limit.
 *
 * @param now - milliseconds since the epoch, by the service's clock if that is known
 */
export function parseRetryAfter(header = "", now = Date.now()): number | undefined {
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
