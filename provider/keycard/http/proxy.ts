import { getProxyForUrl } from "proxy-from-env";

/** The proxy that leads to an endpoint. */
export interface Proxy {
  address: URL;
  /** The variable that names it. */
  variable: string;
  /** The headers that authenticate with it; empty without credentials. */
  headers: Record<string, string>;
  /** The credentials in its address, which no error may show: a proxy may repeat what it rejects. */
  secrets: string[];
}

/**
 * Finds the proxy for an endpoint by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case. An endpoint
 * without TLS gets no proxy, because it is on this machine and requests to it must not leave it.
 *
 * @throws an Error if the address of the proxy is not valid. The error does not show it, because it may contain a password
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
    // A percent sign that does not begin an encoding is literal.
    return text;
  }
}
