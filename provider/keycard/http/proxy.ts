import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

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
 * Finds the proxy for an endpoint by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower or upper case. An endpoint
 * without TLS gets no proxy, because it is on this machine and requests to it must not leave it.
 *
 * @throws an Error if the address of the proxy is not valid. The error does not show it, because it may contain a password
 */
export function proxyFor(endpoint: string): Proxy | undefined {
  const firstSet = (names: string[]) => names.find((name) => process.env[name]);
  const variable = firstSet(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]);
  const noProxy = process.env[firstSet(["no_proxy", "NO_PROXY"]) ?? ""];
  if (!endpoint.startsWith("https:") || !variable || needsNoProxy(new URL(endpoint), noProxy))
    return undefined;
  const value = process.env[variable] ?? "";
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Such a character ends the host, so the rest of a password would be a part of the address.
  if (/@.*\w/.test(value) && (!url || url.pathname.length > 1 || url.search !== "" || url.hash !== "")) {
    throw new Error(
      `The proxy in ${variable} is not an http(s) URL. ` +
        "Percent-encode special characters of the user and the password, such as @ as %40, # as %23, / as %2F and % as %25.",
    );
  }
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

/**
 * True for an address to which `NO_PROXY` or this machine leads without a proxy, by the rules of Go, and so of Pulumi's CLI
 * (golang.org/x/net/http/httpproxy 0.62): `*`; a domain with its subdomains; `.domain` or `*.domain` for these alone; an IP
 * address; a range of them; each but `*` and ranges with a port, if it has one.
 */
export function needsNoProxy({ hostname, port }: URL, noProxy = ""): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const isAddress = isIP(host) !== 0;
  if (host === "localhost" || (isAddress && isWithin(host, LOOPBACK))) return true;
  return noProxy.split(",").some((part) => {
    const entry = part.trim().toLowerCase();
    if (entry === "" || entry === "*") return entry === "*";
    if (entry.includes("/")) return isAddress && isWithin(host, [entry]);
    const [, inBrackets, plain, wantedPort] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
    const name = inBrackets ?? plain ?? "";
    if (name === "" || (wantedPort !== undefined && wantedPort !== (port || "443"))) return false;
    if (isIP(name)) return isAddress && isWithin(host, [name]);
    if (isAddress) return false;
    const domain = name.replace(/^\*(?=\.)/, "");
    if (domain.startsWith(".")) return host.endsWith(`.${domainToASCII(domain.slice(1)) || domain.slice(1)}`);
    const ascii = domainToASCII(domain) || domain;
    return host === ascii || host.endsWith(`.${ascii}`);
  });
}

const LOOPBACK = ["127.0.0.0/8", "::1"];

function isWithin(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    const type = isIP(network) === 6 ? "ipv6" : "ipv4";
    try {
      list.addSubnet(network, bits === undefined ? (type === "ipv6" ? 128 : 32) : Number(bits), type);
    } catch {
      // Not a range, as Go sees it too.
    }
  }
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
