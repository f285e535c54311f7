import { callFacts, type Call } from "./call";
import type { CallTime } from "./call-time";
import { keycardError, seconds, type KeycardError } from "./errors";

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
    event: `timed out after ${seconds(allowedMs)}, before it was sent: ${time.waitedFor}`,
    remedy: `Run it again later, or raise ${setting}.`,
  });
}
