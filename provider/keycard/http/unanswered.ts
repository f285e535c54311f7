import { callFacts, type Call } from "./call";
import type { TimeLimit } from "./call-time";
import { keycardError, seconds, type Failure, type KeycardError } from "./errors";
import type { Interruption } from "./interruption";
import { networkCause } from "./network-cause";
import type { Passage, Phase } from "./passage";
import type { Place } from "./place";
import type { TunnelRefusal } from "./tunnel-agent";

/**
 * The error of a request that timed out.
 *
 * @param interruption - why it ended earlier, if it did
 */
export function timedOut(
  call: Call,
  phase: Phase,
  { allowedMs, setting }: TimeLimit,
  place: Place,
  interruption?: Interruption,
): KeycardError {
  const doing: Record<Phase, string> = {
    proxy: `while connecting to ${place.proxy}`,
    tunnel: `while waiting for ${place.proxy} to open a tunnel to ${place.endpoint}`,
    connecting: `while connecting to ${place.endpoint}`,
    handshake: `during the TLS handshake with ${place.endpoint}`,
    waiting: `while waiting for an answer from ${place.endpoint}`,
    reading: `while reading the answer from ${place.endpoint}`,
  };
  const check: Record<Phase, string> = {
    proxy: "Check the proxy's address and the network, or",
    tunnel: "Check that the proxy allows connections to this host, or",
    connecting: "Check the endpoint and the network, or",
    handshake: "Check that the endpoint supports TLS on this port, or",
    waiting: "If the service needs longer,",
    reading: "If the service needs longer,",
  };
  const arrived = phase === "waiting" || phase === "reading";
  return keycardError({
    ...callFacts(call),
    status: 0,
    outcome: arrived ? "unknown" : "unreached",
    event: `${interruption?.event ?? `timed out after ${seconds(allowedMs)}`} ${doing[phase]}`,
    remedy: interruption?.remedy ?? `${check[phase]} raise ${setting}.`,
  });
}

/** The error of a request whose connection failed. */
export function unanswered(call: Call, passage: Passage, error: unknown, place: Place): KeycardError {
  const code = codeOf(error);
  const common = { ...callFacts(call), status: 0 };
  if (passage.mayHaveArrived) {
    const cutOff = passage.phase === "reading";
    const event = cutOff
      ? `received only part of the answer from ${place.endpoint}`
      : `got no answer from ${place.endpoint}`;
    return keycardError({ ...common, outcome: "unknown", event: `${event}: ${code}` });
  }
  const event = `did not reach ${place.endpoint}`;
  const proxyStatus =
    (error as Partial<TunnelRefusal>).proxyStatus ??
    (error as { cause?: Partial<TunnelRefusal> }).cause?.proxyStatus;
  if (proxyStatus !== undefined) {
    return keycardError({ ...common, outcome: "unreached", ...refusedTunnel(proxyStatus, event, place) });
  }
  const atProxy = passage.phase === "proxy" || passage.phase === "tunnel";
  const { remedy, lasting } = networkCause(error, code, atProxy);
  return keycardError({
    ...common,
    outcome: "unreached",
    event: `${event}${atProxy ? `, because ${place.proxy} failed` : ""}: ${code}`,
    ...(remedy !== undefined && { remedy }),
    // Without a request there is nothing to retry.
    ...((lasting || !passage.request) && { lasting: true }),
  });
}

function refusedTunnel(
  status: number,
  event: string,
  place: Place,
): Pick<Failure, "event" | "remedy" | "lasting"> {
  const passing = status >= 500 || status === 408 || status === 429;
  return {
    event: `${event}: ${place.proxy} answered ${status}`,
    remedy:
      status === 407
        ? "The proxy requires credentials. Put them into its address, as in http://user:password@proxy.example:3128."
        : "Check that the proxy allows connections to this host, or add the host to NO_PROXY.",
    ...(!passing && { lasting: true }),
  };
}

/** The error code of a failed request, as in `ECONNRESET`. */
export function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown cause";
}
