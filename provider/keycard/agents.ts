import * as http from "node:http";
import * as https from "node:https";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "./loopback";

/** What keeps the connections to the service, through a proxy where the environment names one. */
export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/**
 * Makes the agents for an endpoint, by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` in either case.
 *
 * @param concurrency - the most connections at once
 * @throws an Error where the address of the proxy is none; it does not show it, as it may hold a password
 */
export function agentsFor(endpoint: string, concurrency: number): Agents {
  const options = { keepAlive: true, maxSockets: concurrency };
  const direct = { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
  const proxy = proxyFor(endpoint);
  if (!proxy) return direct;
  return endpoint.startsWith("https:")
    ? { ...direct, httpsAgent: new HttpsProxyAgent(proxy, options) }
    : { ...direct, httpAgent: new HttpProxyAgent(proxy, options) };
}

function proxyFor(endpoint: string): URL | undefined {
  const address = getProxyForUrl(endpoint);
  if (address === "") return undefined;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (!proxy || !["http:", "https:"].includes(proxy.protocol)) {
    throw new Error(
      "The proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not a web address: write it as http://proxy.example:3128.",
    );
  }
  // What goes to this machine in the clear must not leave it.
  const leaves = endpoint.startsWith("http:") && !isLoopback(proxy.hostname);
  return leaves ? undefined : proxy;
}
