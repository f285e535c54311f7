import { callFacts, type Call } from "./call";
import { keycardError } from "./errors";

const UNREACHED = new Set(["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"]);

/** The error of a request that was not sent, as its time was up before. */
export function unsent(call: Call) {
  return keycardError({
    ...callFacts(call),
    status: 0,
    outcome: "unreached",
    event: "was not sent, as its time was up",
    remedy: "Run it again later, or allow a call more time.",
  });
}

/**
 * The error of a request that got no answer.
 *
 * @param timedOut - the limit that it overran, as in "within 30 s"; undefined where it ended otherwise
 */
export function unanswered(call: Call, timedOut: string | undefined, error: unknown) {
  const code = codeOf(error);
  // Nothing is sent before the other side has been found and its certificate accepted.
  const lasting =
    code === "ENOTFOUND" || /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_INVALID_URL/.test(code);
  // The same codes end a connection over which something was sent, where the network goes away.
  const established = ["read", "write"].includes(syscallOf(error));
  const unreached = !timedOut && (lasting || (UNREACHED.has(code) && !established));
  return keycardError({
    ...callFacts(call),
    status: 0,
    outcome: unreached ? "unreached" : "unknown",
    event: unreached
      ? `did not reach Keycard: ${code}`
      : `got no answer${timedOut ? ` ${timedOut}` : `: ${code}`}`,
    ...(lasting && { lasting }),
    ...(/CERT|SELF_SIGNED|UNABLE_TO/.test(code) && {
      remedy:
        "Nobody trusted vouches for the certificate: name that authority's certificate in NODE_EXTRA_CA_CERTS.",
    }),
  });
}

/** Which kind of failure ended a request, as in `ECONNRESET`. */
export function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown cause";
}

function syscallOf(error: unknown): string {
  const { syscall, cause } = error as { syscall?: string; cause?: { syscall?: string } };
  return syscall ?? cause?.syscall ?? "";
}
