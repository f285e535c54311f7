import type { Duplex } from "node:stream";

/** The progress of a connection. Nothing can have been sent before it is `open`. */
export type ConnectionStage = "connecting" | "handshake" | "open";

const stages = new WeakMap<Duplex, ConnectionStage>();

/**
 * Follows the progress of a new connection.
 *
 * @param encrypted - true if a TLS handshake precedes the first request
 */
export function followStage<T extends Duplex>(connection: T, encrypted: boolean): T {
  stages.set(connection, "connecting");
  connection.once("connect", () => stages.set(connection, encrypted ? "handshake" : "open"));
  if (encrypted) connection.once("secureConnect", () => stages.set(connection, "open"));
  return connection;
}

/** Follows TLS over a tunnel, whose connection is open already. */
export function followHandshake<T extends Duplex>(connection: T): T {
  stages.set(connection, "handshake");
  connection.once("secureConnect", () => stages.set(connection, "open"));
  return connection;
}

/** The stage that a connection has reached, or had reached when it ended. */
export function stageOf(connection: Duplex): ConnectionStage {
  return stages.get(connection) ?? "open";
}
