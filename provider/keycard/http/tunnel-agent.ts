import * as http from "node:http";
import * as https from "node:https";
import { isIP, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { followHandshake, followStage } from "./connection-stage";
import type { Passage } from "./passage";
import type { Proxy } from "./proxy";

/** The error if a proxy refuses to open a tunnel. No other error has a `proxyStatus`. */
export interface TunnelRefusal extends Error {
  readonly proxyStatus: number;
}

/** The options of the request that needs a connection. */
type ConnectionOptions = https.RequestOptions & { passage?: Passage };

type Connected = (error: Error | null, connection: Duplex) => void;

/**
 * Keeps connections through a proxy. Published agents do not limit how long a proxy may take to open a tunnel, and do not
 * let the caller end the wait: the request has no connection yet that could be destroyed.
 */
export class TunnelAgent extends https.Agent {
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
    tunnel.once("socket", (socket) => followStage(socket, this.proxy.address.protocol === "https:"));
    tunnel.once("error", failed);
    tunnel.once("connect", ({ statusCode = 0 }: http.IncomingMessage, socket: Duplex, head: Buffer) => {
      if (statusCode < 200 || statusCode >= 300) {
        socket.destroy();
        failed(Object.assign(new Error("The proxy opened no tunnel"), { proxyStatus: statusCode }));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      const connection = super.createConnection({ ...options, socket } as ConnectionOptions);
      if (connection) connected(null, followHandshake(connection));
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
