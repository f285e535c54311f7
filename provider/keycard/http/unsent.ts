import { callFacts, type Call } from "./call";
import type { CallTime } from "./call-time";
import { keycardError, seconds, type KeycardError } from "./errors";

/** The error of a request that was not sent, because the time of its call was up. */
export function unsent(call: Call, time: CallTime): KeycardError {
  const { allowedMs, setting } = time.total();
  return keycardError({
    ...callFacts(call),
    status: 0,
    outcome: "unreached",
    event: `timed out after ${seconds(allowedMs)}, before it was sent: ${time.waitedFor}`,
    remedy: `Run it again later, or raise ${setting}.`,
  });
}
