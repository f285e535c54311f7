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
 * @param from - the setting that it comes from; undefined for the default
 */
export function placeOf(endpoint: string, from: string | undefined, proxy: Proxy | undefined): Place {
  return {
    endpoint: `${new URL(endpoint).host} (${from === undefined ? "the default endpoint" : `the endpoint in ${from}`})`,
    ...(proxy && { proxy: `the proxy ${proxy.address.host} (from ${proxy.variable})` }),
  };
}
