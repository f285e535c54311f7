import { callFacts, type Call, keycardError, seconds, type Failure, type KeycardError } from "./errors";
import type { TimeLimit, Interruption, CallTime } from "./time";
import type { Passage, Phase, Place, TunnelRefusal } from "./connection";

/** Why a connection failed before anything was sent over it. */
interface NetworkCause {
  remedy?: string;
  lasting: boolean;
}

const NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";

/**
 * Derives the cause from the error of a connection.
 *
 * @param atProxy - true if the connection to a proxy failed, and not the one to the service
 */
export function networkCause(error: unknown, code: string, atProxy: boolean): NetworkCause {
  const end = atProxy ? "proxy" : "endpoint";
  if (code === "ENOTFOUND")
    return { remedy: `The host name is unknown. Check the address of the ${end}.`, lasting: true };
  if (code === "EAI_AGAIN") {
    const remedy = `The DNS server did not answer. Check the network and DNS, and the address of the ${end}.`;
    return { remedy, lasting: false };
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const remedy =
      "The certificate is not signed by a trusted authority. Set NODE_EXTRA_CA_CERTS to the CA's PEM file.";
    return {
      remedy:
        code === "ERR_TLS_CERT_ALTNAME_INVALID"
          ? `The certificate is for a different host. Check the address of the ${end}.`
          : remedy,
      lasting: true,
    };
  }
  if (code === "EPROTO" || /^ERR_(SSL|TLS)/.test(code)) {
    // An alert is part of TLS, so the other side supports TLS.
    const refused = /alert/i.test((error as Error).message) && code !== NO_TLS;
    const remedy = refused
      ? `The ${end} rejected the TLS handshake. Check that it supports TLS 1.2 or later.`
      : `The port of the ${end} does not support TLS. Check the port${atProxy ? ", or write the proxy's address with http" : ""}.`;
    return { remedy, lasting: true };
  }
  return { lasting: code.startsWith("ERR_INVALID") };
}

/** The error of a request that timed out. @param interruption - why it ended earlier, if it did */
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
    remedy: refusalRemedy(status, place),
    ...(!passing && { lasting: true }),
  };
}

function refusalRemedy(status: number, { proxyLogin }: Place): string {
  // tinyproxy answers 401 to wrong credentials, others 407.
  if (proxyLogin && (status === 407 || status === 401)) {
    return `The proxy rejected the credentials in ${proxyLogin}. Correct them, with special characters percent-encoded, such as @ as %40.`;
  }
  return status === 407
    ? "The proxy requires credentials. Put them into its address, as in http://user:password@proxy.example:3128."
    : "Check that the proxy allows connections to this host, or add the host to NO_PROXY.";
}

export function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown cause";
}

/** The error of a request that was not sent, because its call timed out or was interrupted. */
export function unsent(call: Call, time: CallTime): KeycardError {
  const { allowedMs, setting } = time.total();
  const facts = { ...callFacts(call), status: 0, outcome: "unreached" } as const;
  if (time.interruption) {
    const { event, remedy } = time.interruption;
    return keycardError({ ...facts, event: `${event} before it was sent`, remedy });
  }
  return keycardError({
    ...facts,
    isUnsent: true,
    event: `timed out after ${seconds(allowedMs)}, before it was sent: ${time.waitsFor()}`,
    remedy: `Run it again later, or raise ${setting}.`,
  });
}
