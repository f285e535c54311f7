import type { OutgoingHttpHeaders } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerForEver } from "./endless-answer";
import type { FaultKind, Sent } from "./faults";
import { errorBody, Refusal } from "./refusal";
import type { Switches } from "./switches";
import { bearerToken, type Tokens } from "./tokens";

const FOREIGN_JSON = JSON.stringify({ kind: "Status", apiVersion: "v1", items: [{ id: 7, data: null }] });
const HTML = "<!doctype html><html><head><title>Please sign in</title></head><body></body></html>";
const PIECES = 10;

/** `over` if the fault has handled the request, `go on` if the work or the answer follows. */
export type Outcome = "over" | "go on";

/**
 * Applies the part of a fault that precedes the work.
 *
 * @throws Refusal 401 for a revoked token
 */
export async function playBefore(
  fault: FaultKind,
  request: FastifyRequest,
  reply: FastifyReply,
  { tokens, switches }: { tokens: Tokens; switches: Switches },
): Promise<Outcome> {
  if ("drop" in fault && fault.drop === "before") {
    reply.hijack();
    request.raw.socket.destroy();
    return "over";
  }
  if ("lateWorkMs" in fault) {
    request.raw.socket.destroy();
    await pause(fault.lateWorkMs);
  }
  if ("redirect" in fault) {
    const { redirect, status = 307 } = fault;
    await reply.redirect(typeof redirect === "string" ? redirect : redirect(request), status);
    return "over";
  }
  if ("status" in fault && fault.when !== "after") {
    await reply.send(answerStatus(fault, reply, switches));
    return "over";
  }
  if ("delayMs" in fault && fault.when !== "after") await pause(fault.delayMs);
  if ("revokeToken" in fault) {
    tokens.revoke(bearerToken(request.headers.authorization));
    throw new Refusal(401, "The access token was revoked");
  }
  return "go on";
}

/**
 * Applies the part of a fault that follows the work.
 *
 * @returns the payload to answer, or `over` if the fault has answered
 */
export async function playAfter(
  fault: FaultKind,
  reply: FastifyReply,
  payload: string,
  switches: Switches,
): Promise<{ payload: string } | "over"> {
  if ("drop" in fault && fault.drop === "after") {
    reply.request.raw.socket.destroy();
    return "over";
  }
  if ("status" in fault && !("redirect" in fault) && fault.when === "after") {
    return { payload: answerStatus(fault, reply, switches) };
  }
  if ("delayMs" in fault && fault.when === "after") await pause(fault.delayMs);
  if ("endless" in fault) {
    answerForEver(reply, fault.endless);
    return "over";
  }
  if ("slowHeaders" in fault) return slowHeaders(reply, payload, fault.slowHeaders);
  if ("slowBody" in fault) return slowBody(reply, payload, fault.slowBody);
  if (!("body" in fault) || "status" in fault) return { payload };
  if (fault.body === "empty") return { payload: "" };
  // A 204 cannot have a body.
  if (reply.statusCode === 204) reply.status(200);
  const whole = payload === "" ? '{"deleted": true}' : payload;
  if (fault.body === "cut-off") return cutOff(reply, whole);
  reply.header("content-type", fault.body === "html" ? "text/html" : "application/json; charset=utf-8");
  if (fault.body === "html") return { payload: HTML };
  return { payload: fault.body === "truncated" ? half(whole) : FOREIGN_JSON };
}

function answerStatus(
  fault: Extract<FaultKind, { headers?: unknown }>,
  reply: FastifyReply,
  switches: Switches,
): string {
  const { status, headers = {} } = fault;
  const { body: given = errorBody(status, "A fault of the emulator", reply.request, switches) } = fault;
  const body = typeof given === "function" ? (given as (sent: Sent) => unknown)(reply.request) : given;
  reply.status(status).header("content-type", "application/json; charset=utf-8").headers(headers);
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** Slow headers without a long gap, so that only a limit on the whole call notices them. */
async function slowHeaders(reply: FastifyReply, payload: string, ms: number): Promise<"over"> {
  const { socket } = reply.request.raw;
  const lines = Object.entries({ ...headersFor(reply, payload), connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join("");
  await trickle((piece) => socket.write(piece), `HTTP/1.1 ${reply.statusCode} Slow\r\n${head}\r\n`, ms);
  socket.end(payload);
  return "over";
}

async function slowBody(reply: FastifyReply, payload: string, ms: number): Promise<"over"> {
  reply.raw.writeHead(reply.statusCode, headersFor(reply, payload));
  reply.raw.flushHeaders();
  await trickle((piece) => reply.raw.write(piece), payload, ms);
  reply.raw.end();
  return "over";
}

function cutOff(reply: FastifyReply, payload: string): "over" {
  reply.raw.writeHead(reply.statusCode, headersFor(reply, payload));
  // The socket closes only after the first half is sent. Otherwise the client would not even get the headers.
  reply.raw.write(half(payload), () => reply.raw.socket?.destroy());
  return "over";
}

function headersFor(reply: FastifyReply, payload: string): OutgoingHttpHeaders {
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  return reply.statusCode === 204 ? headers : { ...headers, "content-length": Buffer.byteLength(payload) };
}

async function trickle(write: (piece: Buffer) => void, text: string, ms: number): Promise<void> {
  const bytes = Buffer.from(text);
  const pieces = Math.min(PIECES, Math.max(1, bytes.length));
  for (let piece = 0; piece < pieces; piece += 1) {
    const [start, end] = [piece, piece + 1].map((edge) => Math.floor((bytes.length * edge) / pieces));
    write(bytes.subarray(start, end));
    await pause(ms / pieces);
  }
}

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

/** A wait that does not keep the process alive after the server was closed. */
function pause(ms: number): Promise<void> {
  return wait(ms, undefined, { ref: false });
}
