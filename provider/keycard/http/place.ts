import type { Proxy } from "./proxy";

/** The destination of requests, as an error names it. */
export interface Place {
  /** As in "api.keycard.ai (the default endpoint)". */
  endpoint: string;
  /** As in "the proxy proxy.example:3128 (from HTTPS_PROXY)"; absent without a proxy. */
  proxy?: string;
}

/**
 * Describes an endpoint for errors.
 *
 * @param from - the setting of the endpoint; undefined for the default
 */
export function placeOf(endpoint: string, from: string | undefined, proxy: Proxy | undefined): Place {
  return {
    endpoint: `${new URL(endpoint).host} (${from === undefined ? "the default endpoint" : `the endpoint in ${from}`})`,
    ...(proxy && { proxy: `the proxy ${proxy.address.host} (from ${proxy.variable})` }),
  };
}
