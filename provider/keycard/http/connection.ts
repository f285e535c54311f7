import * as http from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import * as https from "node:https";
import { BlockList, isIP, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { domainToASCII } from "node:url";

/** The progress of a connection. Nothing can have been sent before it is `open`. */
type ConnectionStage = "connecting" | "handshake" | "open";

const stages = new WeakMap<Duplex, ConnectionStage>();

/** Follows the progress of a connection. @param isOpen - true for a tunnel, over which a TLS handshake begins */
function follow<T extends Duplex>(connection: T, isEncrypted: boolean, isOpen = false): T {
  stages.set(connection, isOpen ? "handshake" : "connecting");
  if (!isOpen) connection.once("connect", () => stages.set(connection, isEncrypted ? "handshake" : "open"));
  if (isEncrypted) connection.once("secureConnect", () => stages.set(connection, "open"));
  return connection;
}

/** The stage that a connection has reached, or had reached when it ended. */
function stageOf(connection: Duplex): ConnectionStage {
  return stages.get(connection) ?? "open";
}

/**
 * The phase of a request: it connects to a `proxy`, waits for a `tunnel` through it, is `connecting` to the service or in
 * the TLS `handshake` with it. The service can have received it only in the phases `waiting` and `reading`.
 */
export type Phase = Exclude<ConnectionStage, "open"> | "proxy" | "tunnel" | "waiting" | "reading";

export class Passage {
  /** Absent until axios creates it. */
  request: ClientRequest | undefined;
  /** The request that asks a proxy for a tunnel, if one is needed. */
  tunnel: ClientRequest | undefined;
  /** The status of the answer, once its headers have arrived. */
  status: number | undefined;

  get phase(): Phase {
    if (this.status !== undefined) return "reading";
    const connection = this.request?.socket;
    if (connection) {
      const stage = stageOf(connection);
      return stage === "open" ? "waiting" : stage;
    }
    if (!this.tunnel) return "connecting";
    return this.tunnel.socket && stageOf(this.tunnel.socket) === "open" ? "tunnel" : "proxy";
  }

  /** True if the connection of the request has served another one before. */
  get isReused(): boolean {
    return this.request?.reusedSocket === true;
  }

  /** True if the service may have received the request. */
  get mayHaveArrived(): boolean {
    return this.phase === "waiting" || this.phase === "reading";
  }

  /** Drops the references to the requests, which have ended. */
  forget(): void {
    this.request = undefined;
    this.tunnel = undefined;
  }

  abandon(): void {
    this.tunnel?.destroy();
    this.request?.destroy();
  }
}

/** The error if a proxy refuses to open a tunnel. No other error has a `proxyStatus`. */
export interface TunnelRefusal extends Error {
  readonly proxyStatus: number;
}

type ConnectionOptions = https.RequestOptions & { passage?: Passage };

type Connected = (error: Error | null, connection: Duplex) => void;

/**
 * Keeps connections through a proxy. Published agents do not limit how long a proxy may take to open a tunnel, and do not
 * let the caller end the wait: the request has no connection yet that could be destroyed.
 */
class TunnelAgent extends https.Agent {
  constructor(
    private readonly proxy: Proxy,
    options: https.AgentOptions,
  ) {
    super(options);
  }

  override createConnection(options: ConnectionOptions, connected: Connected): undefined {
    const tunnel = this.requestTunnel(options);
    if (options.passage) options.passage.tunnel = tunnel;
    const failed = (error: Error) => connected(error, undefined as unknown as Duplex);
    tunnel.once("socket", (socket) => follow(socket, this.proxy.address.protocol === "https:"));
    tunnel.once("error", failed);
    tunnel.once("connect", ({ statusCode = 0 }: http.IncomingMessage, socket: Duplex, head: Buffer) => {
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        failed(Object.assign(new Error("The proxy opened no tunnel"), { proxyStatus: statusCode }));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      const connection = super.createConnection({ ...options, socket } as ConnectionOptions);
      if (connection) connected(null, follow(connection, true, true));
    });
    tunnel.end();
  }

  private requestTunnel({ host, port }: ConnectionOptions): http.ClientRequest {
    const { address, headers } = this.proxy;
    const encrypted = address.protocol === "https:";
    const proxyHost = address.hostname.replace(/^\[|\]$/g, "");
    const target = `${isIPv6(host ?? "") ? `[${host}]` : host}:${port}`;
    return (encrypted ? https : http).request({
      method: "CONNECT",
      host: proxyHost,
      port: address.port === "" ? (encrypted ? 443 : 80) : Number(address.port),
      path: target,
      headers: { ...headers, Host: target, "Proxy-Connection": "keep-alive" },
      agent: false,
      // Node.js would derive it from the header `Host` otherwise, which names the service.
      ...(encrypted && { servername: isIP(proxyHost) ? "" : proxyHost }),
    });
  }
}

/**
 * How long an idle connection is kept, in milliseconds: less than the minute after which many load balancers close it.
 * An agent of Node.js follows a shorter time in the header `Keep-Alive` only if it has a time of its own.
 */
const IDLE_MS = 50_000;

/** The agents that keep the connections to the service, through a proxy if there is one. */
export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** Creates the agents of a client. @param concurrency - the maximum number of requests at once */
export function agentsFor(proxy: Proxy | undefined, concurrency: number): Agents {
  // One more for a token, which other requests may wait for.
  const options = { keepAlive: true, maxSockets: concurrency + 1, timeout: IDLE_MS };
  const httpAgent = new PlainAgent(options);
  const httpsAgent = proxy ? new TunnelAgent(proxy, options) : new TlsAgent(options);
  for (const agent of [httpAgent, httpsAgent])
    agent.on("free", (socket: Duplex) => idleSince.set(socket, performance.now()));
  return { httpAgent, httpsAgent };
}

const idleSince = new WeakMap<Duplex, number>();

/**
 * Closes the idle connections that have been idle since a moment: what closed one of them without a word, such as a firewall,
 * has probably closed all.
 *
 * @param moment - by `performance.now()`
 */
export function dropIdle({ httpAgent, httpsAgent }: Agents, moment: number): void {
  for (const { freeSockets } of [httpAgent, httpsAgent]) {
    for (const socket of Object.values(freeSockets).flatMap((sockets) => sockets ?? [])) {
      if ((idleSince.get(socket) ?? -Infinity) <= moment) socket.destroy();
    }
  }
}

class PlainAgent extends http.Agent {
  override createConnection(options: http.ClientRequestArgs): Duplex | null | undefined {
    const connection = super.createConnection(options);
    return connection && follow(connection, false);
  }
}

class TlsAgent extends https.Agent {
  override createConnection(options: https.RequestOptions): Duplex | null | undefined {
    const connection = super.createConnection(options);
    return connection && follow(connection, true);
  }
}

/** The destination of requests, as an error names it. */
export interface Place {
  /** As in "api.keycard.ai (the default endpoint)". */
  endpoint: string;
  /** As in "the proxy proxy.example:3128 (from HTTPS_PROXY)"; absent without a proxy. */
  proxy?: string;
  /** The variable whose credentials the proxy gets; absent without credentials. */
  proxyLogin?: string;
}

/** Describes an endpoint for errors. @param from - the setting of the endpoint; undefined for the default */
export function placeOf(endpoint: string, from: string | undefined, proxy: Proxy | undefined): Place {
  return {
    endpoint: `${new URL(endpoint).host} (${from === undefined ? "the default endpoint" : `the endpoint in ${from}`})`,
    ...(proxy && { proxy: `the proxy ${proxy.address.host} (from ${proxy.variable})` }),
    ...(proxy && proxy.secrets.length > 0 && { proxyLogin: proxy.variable }),
  };
}

/**
 * Removes the functions that axios keeps for redirects, which are not followed. A connection keeps the options of its first
 * request as long as it is open, and these functions know the body.
 */
const WITHOUT_REDIRECTS = { beforeRedirect: undefined, beforeRedirects: undefined };

/** Sends one request for axios, and notes its progress. Axios would copy a transport that is not an instance of a class. */
export class FollowedTransport {
  constructor(
    private readonly transport: typeof http | typeof https,
    private readonly passage: Passage,
  ) {}

  request(options: RequestOptions, answered: (response: IncomingMessage) => void): ClientRequest {
    const { passage } = this;
    passage.request = this.transport.request(
      Object.assign(options, WITHOUT_REDIRECTS, { passage }),
      (response: IncomingMessage) => {
        passage.status = response.statusCode;
        answered(response);
      },
    );
    return passage.request;
  }
}

export interface Proxy {
  address: URL;
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
