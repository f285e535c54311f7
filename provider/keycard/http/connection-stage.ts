import type { Duplex } from "node:stream";

/** How far a connection has come; only when it is `open` can anything have been sent over it. */
export type ConnectionStage = "connecting" | "handshake" | "open";

const stages = new WeakMap<Duplex, ConnectionStage>();

/**
 * Follows a connection from its beginning.
 *
 * @param encrypted - true if TLS has to be agreed on before anything is sent
 */
export function followStage<T extends Duplex>(connection: T, encrypted: boolean): T {
  stages.set(connection, "connecting");
  connection.once("connect", () => stages.set(connection, encrypted ? "handshake" : "open"));
  if (encrypted) connection.once("secureConnect", () => stages.set(connection, "open"));
  return connection;
}

/** The same for TLS over a tunnel, whose connection is there already. */
export function followHandshake<T extends Duplex>(connection: T): T {
  stages.set(connection, "handshake");
  connection.once("secureConnect", () => stages.set(connection, "open"));
  return connection;
}

/** How far a connection has come, or had come when it ended. */
export function stageOf(connection: Duplex): ConnectionStage {
  return stages.get(connection) ?? "open";
}
