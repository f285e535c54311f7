import type { ClientRequest } from "node:http";
import { stageOf, type ConnectionStage } from "./connection-stage";

/**
 * What a request is doing: it connects to a `proxy`, waits for its `tunnel`, is `connecting` to the service or in the TLS
 * `handshake` with it. Only while it is `waiting` for the answer or `reading` it can the service have received anything.
 */
export type Phase = Exclude<ConnectionStage, "open"> | "proxy" | "tunnel" | "waiting" | "reading";

/** One request on its way. */
export class Passage {
  /** Absent until it was made. */
  request: ClientRequest | undefined;
  /** The request that asks a proxy for a tunnel, where one is needed. */
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

  /** True if the service may have received the request. */
  get mayHaveArrived(): boolean {
    return this.phase === "waiting" || this.phase === "reading";
  }

  /** Ends it, with every connection that it uses. */
  abandon(): void {
    this.tunnel?.destroy();
    this.request?.destroy();
  }
}
