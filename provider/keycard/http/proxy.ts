import { getProxyForUrl } from "proxy-from-env";

/** The proxy that leads to an endpoint. */
export interface Proxy {
  address: URL;
  /** The variable that names it. */
  variable: string;
  /** What it is sent to know us by; empty without credentials. */
  headers: Record<string, string>;
  /** The credentials in its address, for no error to show: a proxy may repeat what it refuses. */
  secrets: string[];
}

/**
 * Finds the proxy for an endpoint by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` in either case. An endpoint without TLS has
 * none, as it is on this machine and what goes to it must not leave.
 *
 * @throws an Error if the address of the proxy is not valid; the error does not show it, as it may hold a password
 */
export function proxyFor(endpoint: string): Proxy | undefined {
  if (!endpoint.startsWith("https:") || getProxyForUrl(endpoint) === "") return undefined;
  const variable =
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].find((name) => process.env[name]) ?? "";
  const value = process.env[variable] ?? "";
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(`The proxy in ${variable} is not an http(s) URL. Write it as http://proxy.example:3128.`);
  }
  return { variable, ...splitCredentials(url) };
}

function splitCredentials(url: URL): Omit<Proxy, "variable"> {
  const address = new URL(url);
  address.username = address.password = "";
  const [name = "", password = ""] = [url.username, url.password].map(decoded);
  if (name === "" && password === "") return { address, headers: {}, secrets: [] };
  const basic = Buffer.from(`${name}:${password}`).toString("base64");
  const secrets = password === "" ? [name, url.username] : [password, url.password, `${name}:${password}`];
  return { address, headers: { "Proxy-Authorization": `Basic ${basic}` }, secrets: [...secrets, basic] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing is meant literally.
    return text;
  }
}
