import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "../../safety/loopback";

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
  const direct = { httpAgent: quiet(new http.Agent(options)), httpsAgent: quiet(new https.Agent(options)) };
  const proxy = proxyFor(endpoint);
  if (!proxy) return direct;
  // The agents write their address to stderr where DEBUG asks for it, so the credentials are not a part of that.
  const { headers, address } = splitCredentials(proxy);
  return endpoint.startsWith("https:")
    ? { ...direct, httpsAgent: new HttpsProxyAgent(address, { ...options, headers }) }
    : { ...direct, httpAgent: new HttpProxyAgent(address, { ...options, headers }) };
}

/**
 * Takes from an agent that it sets up the probes of a connection anew after each request, which is a call of the system:
 * the connection was opened with them.
 */
function quiet<T extends http.Agent>(agent: T): T {
  agent.keepSocketAlive = (socket) => {
    (socket as Socket).unref();
    return true;
  };
  return agent;
}

/** The credentials in the address of the proxy, for no error to show: a proxy may repeat what it refuses. */
export function proxySecrets(endpoint: string): string[] {
  const proxy = proxyFor(endpoint);
  if (!proxy) return [];
  const [name = "", password = ""] = credentialsOf(proxy);
  const secrets =
    password === "" ? [name, proxy.username] : [password, proxy.password, `${name}:${password}`];
  return [...secrets, basicOf(proxy)].filter((secret) => secret !== "");
}

function splitCredentials(proxy: URL): { address: URL; headers: Record<string, string> } {
  const address = new URL(proxy);
  address.username = address.password = "";
  const basic = basicOf(proxy);
  return { address, headers: basic === "" ? {} : { "Proxy-Authorization": `Basic ${basic}` } };
}

/** Empty where there are no credentials. */
function basicOf(proxy: URL): string {
  const credentials = credentialsOf(proxy).join(":");
  return credentials === ":" ? "" : Buffer.from(credentials).toString("base64");
}

function credentialsOf({ username, password }: URL): string[] {
  return [username, password].map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      // A percent sign that encodes nothing is meant as it stands.
      return part;
    }
  });
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
