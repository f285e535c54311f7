import { createServer, type AddressInfo, type Socket } from "node:net";

/** A server that does with each connection only what a test tells it to do. */
export interface RawServer {
  port: number;
  /** The number of connections so far. */
  accepted(): number;
  /** Waits until no connection is open. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

/** Starts such a server. Without `serve`, it accepts connections and sends nothing. */
export async function startRawServer(serve: (socket: Socket) => void = () => undefined): Promise<RawServer> {
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    open.add(socket);
    socket.on("error", () => undefined).once("close", () => open.delete(socket));
    // The data has to be read, or the end of the connection goes unnoticed.
    socket.resume();
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    allClosed: async () => {
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
