import { createServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { connect, type AddressInfo, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { generate } from "selfsigned";

/** The name in the certificate. Only the proxy can resolve it. */
export const HOST = "keycard.test";

/** A TLS server in front of an emulator, with a certificate of a private authority. */
export interface SecureEndpoint {
  port: number;
  /** The authority's certificate, in PEM format. */
  authority: string;
  /** The target of the decrypted bytes. */
  target: string;
  close(): void;
}

/** A proxy that opens tunnels, and requires credentials. */
export interface TunnelProxy {
  port: number;
  /** The host and port of each requested tunnel. */
  tunnels: string[];
  /** If set, the proxy opens no tunnel: it answers with this status, or never. */
  refuses: number | "silently" | undefined;
  /** If set, all tunnels lead to this port of this machine. */
  target: number | undefined;
  close(): void;
}

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

/**
 * Starts the TLS server; set its `target` to the emulator's address.
 *
 * @param address - a further address in its certificate
 */
export async function startSecureEndpoint(address = "127.0.0.1"): Promise<SecureEndpoint> {
  const authority = await generate([{ name: "commonName", value: "A private authority" }], {
    algorithm: "sha256",
    extensions: [{ name: "basicConstraints", cA: true, critical: true }],
  });
  const names = [HOST, "localhost"].map((value) => ({ type: 2 as const, value }));
  const { private: key, cert } = await generate([{ name: "commonName", value: HOST }], {
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: "subjectAltName", altNames: [...names, { type: 7, ip: address }] }],
  });
  const endpoint = { port: 0, authority: authority.cert, target: "", close: () => void server.close() };
  const server = createTlsServer({ key, cert }, (socket) => {
    const inner = connect(Number(new URL(endpoint.target).port), "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    for (const side of [socket, inner]) side.on("error", () => (socket.destroy(), inner.destroy()));
  });
  endpoint.port = await listening(server);
  return endpoint;
}

/** Starts a server whose certificate only itself has signed. */
export async function startSelfSigned(listener: RequestListener): Promise<HttpsServer> {
  const { private: key, cert } = await generate([{ name: "commonName", value: HOST }], {
    algorithm: "sha256",
  });
  const server = createHttpsServer({ key, cert }, listener);
  await listening(server);
  return server;
}

/**
 * Starts a proxy that resolves every name to this machine.
 *
 * @param refusal - returns the body of the answer that rejects a `Proxy-Authorization` header
 */
export async function startTunnelProxy(
  credentials: string,
  refusal: (header: string) => string = () => "",
): Promise<TunnelProxy> {
  const expected = credentials === "" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server = createServer((_request, response) => void response.writeHead(501).end());
  const proxy: TunnelProxy = {
    port: 0,
    tunnels: [],
    refuses: undefined,
    target: undefined,
    close: () => (server.close(), server.closeAllConnections()),
  };
  server.on("connect", (request, socket) => {
    socket.on("error", () => socket.destroy());
    const header = request.headers["proxy-authorization"];
    const status = header === expected ? proxy.refuses : 407;
    if (status === "silently") return;
    if (status !== undefined) {
      const body = refusal(header ?? "");
      socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      return;
    }
    proxy.tunnels.push(request.url ?? "");
    const port = proxy.target ?? Number(request.url?.split(":").at(-1));
    const inner = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(inner).pipe(socket);
    });
    for (const side of [socket, inner]) side.on("error", () => (socket.destroy(), inner.destroy()));
  });
  proxy.port = await listening(server);
  return proxy;
}
