import type { Call, Keycard } from "../../emulator";
import type { RunResult, Step } from "./run-result";

/** What a run printed, and what it requested from Keycard. */
export interface RecordedRun extends RunResult {
  calls: Call[];
  /** The number of token requests. */
  tokenRequests: number;
}

/**
 * Runs one command and records it. If many secrets take part in the same runs, each in its own zone and with the zone's
 * name, {@link stepsOf} and {@link callsOf} return what concerns one of them.
 */
export async function recorded(keycard: Keycard, run: () => Promise<RunResult>): Promise<RecordedRun> {
  keycard.clearLog();
  const result = await run();
  return { ...result, calls: keycard.calls(), tokenRequests: keycard.tokenRequests.length };
}

/** What a run did with the secret that has this name. */
export function stepsOf({ steps }: RecordedRun, name: string): Step[] {
  return steps.filter((step) => step.name === name);
}

/** What a run requested from Keycard in a zone. */
export function callsOf({ calls }: RecordedRun, zone: string): Call[] {
  return calls.filter(({ path }) => path.startsWith(`/zones/${zone}/`));
}
