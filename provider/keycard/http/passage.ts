import type { ClientRequest } from "node:http";
import { stageOf, type ConnectionStage } from "./connection-stage";

/**
 * The phase of a request: it connects to a `proxy`, waits for a `tunnel` through it, is `connecting` to the service or in
 * the TLS `handshake` with it. The service can have received it only in the phases `waiting` and `reading`.
 */
export type Phase = Exclude<ConnectionStage, "open"> | "proxy" | "tunnel" | "waiting" | "reading";

/** The progress of one request. */
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

  /** True if the service may have received the request. */
  get mayHaveArrived(): boolean {
    return this.phase === "waiting" || this.phase === "reading";
  }

  /** Drops the references to the requests, which have ended. */
  forget(): void {
    this.request = undefined;
    this.tunnel = undefined;
  }

  /** Ends the request, with every connection that it uses. */
  abandon(): void {
    this.tunnel?.destroy();
    this.request?.destroy();
  }
}
