import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { followStage } from "./connection-stage";
import type { Proxy } from "./proxy";
import { TunnelAgent } from "./tunnel-agent";

/** What keeps the connections to the service, through a proxy if there is one. */
export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/**
 * Makes the agents of a client.
 *
 * @param concurrency - the most connections at once
 */
export function agentsFor(proxy: Proxy | undefined, concurrency: number): Agents {
  const options = { keepAlive: true, maxSockets: concurrency };
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
