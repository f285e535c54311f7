import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { followStage } from "./connection-stage";
import type { Proxy } from "./proxy";
import { TunnelAgent } from "./tunnel-agent";

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

/**
 * Creates the agents of a client.
 *
 * @param concurrency - the maximum number of connections at once
 */
export function agentsFor(proxy: Proxy | undefined, concurrency: number): Agents {
  const options = { keepAlive: true, maxSockets: concurrency, timeout: IDLE_MS };
  return {
    httpAgent: new PlainAgent(options),
    httpsAgent: proxy ? new TunnelAgent(proxy, options) : new TlsAgent(options),
  };
}

class PlainAgent extends http.Agent {
  override createConnection(options: http.ClientRequestArgs): Duplex | null | undefined {
    const connection = super.createConnection(options);
    return connection && followStage(connection, false);
  }
}

class TlsAgent extends https.Agent {
  override createConnection(options: https.RequestOptions): Duplex | null | undefined {
    const connection = super.createConnection(options);
    return connection && followStage(connection, true);
  }
}
