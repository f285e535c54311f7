import type { Found } from "./places";
import { isLoopback } from "../safety/loopback";

/** The address of Keycard's API. */
export const DEFAULT_ENDPOINT = "https://api.keycard.ai";

/**
 * Reads the address of the API, without a trailing slash.
 *
 * @throws an Error that names the setting and shows no part of it
 */
export function endpointOf(found: Found | undefined): string {
  if (!found) return DEFAULT_ENDPOINT;
  const { value, place } = found;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(`${place} must be an http(s) URL, such as ${DEFAULT_ENDPOINT}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error(`${place} must be a URL without credentials, query or fragment.`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Error(`${place} uses http, which would send credentials unencrypted. Use https.`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}
