import type { Call, Keycard } from "../../emulator";
import type { RunResult, Step } from "./run-result";

/** What a run showed, and what it asked of Keycard. */
export interface RecordedRun extends RunResult {
  calls: Call[];
  /** How many tokens were asked for. */
  tokenRequests: number;
}

/**
 * Runs one command and records it. Where many secrets go through the same runs, each in a zone of its own and under the
 * zone's name, {@link stepsOf} and {@link callsOf} tell what concerns one of them.
 */
export async function recorded(keycard: Keycard, run: () => Promise<RunResult>): Promise<RecordedRun> {
  keycard.clearLog();
  const result = await run();
  return { ...result, calls: keycard.calls(), tokenRequests: keycard.tokenRequests.length };
}

/** What a run did with the secret of a name. */
export function stepsOf({ steps }: RecordedRun, name: string): Step[] {
  return steps.filter((step) => step.name === name);
}

/** What a run asked of Keycard in a zone. */
export function callsOf({ calls }: RecordedRun, zone: string): Call[] {
  return calls.filter(({ path }) => path.startsWith(`/zones/${zone}/`));
}
