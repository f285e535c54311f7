import { createServer, type AddressInfo, type Socket } from "node:net";

/** A server that does with each connection what a test wants, and by itself nothing. */
export interface RawServer {
  port: number;
  /** How many connections have been made so far. */
  accepted(): number;
  /** Waits until no connection is open any more. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one; without `serve` it accepts connections and never says a word. */
export async function startRawServer(serve: (socket: Socket) => void = () => undefined): Promise<RawServer> {
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    open.add(socket);
    socket.on("error", () => undefined).once("close", () => open.delete(socket));
    // What nobody reads would hide that the other side is gone.
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
