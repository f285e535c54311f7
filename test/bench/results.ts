import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** The published figures. */
export const RESULTS_FILE = resolve(__dirname, "results.json");
/** The figures of a run on this machine, which goes on where it was interrupted. */
export const MEASURED_FILE = resolve(__dirname, "measured.json");

/**
 * What names a group of comparable figures: an operation, the number of secrets, and a contender with its settings, as in
 * `ours, fromEnv`. The size of a `redaction` is in KB, that of a `log` in values, that of the `client` in requests.
 */
export interface Key {
  operation: string;
  size: number;
  who: string;
}

/** What one run took. A figure that was not measured is absent. */
export interface Sample extends Key {
  /** Counts the runs from 1. The figures of a turn were measured one right after the other, and are compared. */
  turn: number;
  seconds?: number;
  /** Processor seconds of the CLI and everything that it started. */
  cpuSeconds?: number;
  /** Processor seconds of the emulator and of the bench itself, which are one process. */
  emulatorSeconds?: number;
  /** Peak memory of the provider's process. */
  providerBytes?: number;
  /** The bytes that a create added to the state. */
  stateBytes?: number;
  /** By kind, as in `{ token: 1, post: 10 }`. */
  requests?: Record<string, number>;
}

/** The figures of one scenario, and what the machine did meanwhile; null for figures from before that was recorded. */
export interface Scenario {
  name: string;
  at: string | null;
  minutes: number | null;
  /** The load average of a minute when it began. */
  load: number | null;
  /** How many processors other processes kept busy, on average. With more than 0.2, the times cannot be trusted. */
  others: number | null;
  samples: Sample[];
}

/** What `npm run bench` measured. */
export interface Results {
  date: string;
  machine: { cores: number; memoryGB: number; system: string };
  versions: { package: string; node: string; sdk: string; cli: string };
  /** What a reader of these figures has to know. */
  note?: string;
  scenarios: Scenario[];
}

/** Reads the published figures, or another file. */
export function loadResults<Kind = Results>(file = RESULTS_FILE): Kind {
  return JSON.parse(readFileSync(file, "utf8")) as Kind;
}

/** Writes figures, one sample a line. */
export function saveResults(file: string, results: Results): void {
  const onOneLine = (sample: string) => `        ${JSON.stringify(JSON.parse(sample))}`;
  const text = JSON.stringify(results, null, 2).replace(/^ {8}\{\n.*?^ {8}\}/gms, onOneLine);
  writeFileSync(file, `${text}\n`);
}
