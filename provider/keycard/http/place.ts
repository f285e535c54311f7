import type { Proxy } from "./proxy";

/** Where requests go, as an error names it. */
export interface Place {
  /** As in "api.keycard.ai (the default endpoint)". */
  endpoint: string;
  /** As in "the proxy proxy.example:3128 (from HTTPS_PROXY)"; absent without a proxy. */
  proxy?: string;
}

/**
 * Names the place of an endpoint.
 *
 * @param source - where the setting comes from, as in "the endpoint in KEYCARD_ENDPOINT"
 */
export function placeOf(endpoint: string, source: string | undefined, proxy: Proxy | undefined): Place {
  return {
    endpoint: `${new URL(endpoint).host}${source === undefined ? "" : ` (${source})`}`,
    ...(proxy && { proxy: `the proxy ${proxy.address.host} (from ${proxy.variable})` }),
  };
}
