import type { FastifyReply } from "fastify";

/**
 * The ways in which an answer never ends: nothing comes at all, or interim answers, headers or the body continue without
 * end, piece by piece.
 */
export type Endless = "nothing" | "interim" | "headers" | "body" | "fast-body";

const PIECE_MS = 20;
const MEGABYTE = " ".repeat(1024 * 1024);

/** Begins an answer that does not end before the client hangs up. */
export function answerForEver(reply: FastifyReply, kind: Endless): void {
  const { socket } = reply.request.raw;
  const { raw } = reply;
  if (kind === "body" || kind === "fast-body") {
    raw.writeHead(reply.statusCode, { "content-type": "application/json" });
    // Any JSON may begin with white space.
    if (kind === "body") repeat(() => void raw.write(" "));
    else {
      const fill = () => {
        while (!socket.destroyed && raw.write(MEGABYTE));
      };
      raw.on("drain", fill);
      fill();
    }
  }
  if (kind === "interim") repeat(() => void socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"));
  if (kind === "headers") {
    socket.write(`HTTP/1.1 ${reply.statusCode} Endless\r\n`);
    repeat((count) => void socket.write(`x-${count}: 1\r\n`));
  }

  function repeat(write: (count: number) => void) {
    let count = 0;
    const timer = setInterval(() => write(count++), PIECE_MS);
    socket.once("close", () => clearInterval(timer));
  }
}
