import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Contender } from "./build-contenders";
import type { Operation, Requests } from "./operations";

/** Where the figures are kept that docs/benchmarks.md and the chart are made of. */
export const RESULTS_FILE = join(__dirname, "results.json");

/** One run of the CLI. */
export interface Measurement {
  secrets: number;
  /** Counts the runs of one size, from 1. */
  run: number;
  operation: Operation;
  contender: Contender;
  seconds: number;
  /** Of the processor, for the CLI and all that it started; null if it was not measured. */
  cpuSeconds: number | null;
  /** Null for the contender that makes none. */
  requests: Requests | null;
  /** Seconds of the processor that the emulator took; null if there is none. */
  emulatorCpuSeconds: number | null;
  /** Of the process that runs the provider; null if it was not measured. */
  providerPeakBytes: number | null;
  /** What a create added to the state file. */
  stateBytes?: number;
}

/** How fast a client alone was. */
export interface ClientRate {
  requestsPerSecond: number;
  /** Microseconds of the processor in the client's process. */
  cpuMicrosecondsPerRequest: number;
}

/** Our client and a bare loop, one right after the other. */
export interface ClientPair {
  ours: ClientRate;
  axios: ClientRate;
}

/** Seconds that a preview takes: of an empty program, and of one secret through each door. */
export interface OnePreview {
  empty: number;
  ours: number;
  native: number;
}

/** How long it takes to keep so much out of a message. */
export interface RedactionTime {
  kilobytes: number;
  seconds: number;
}

/** All that one call of `npm run bench` found. */
export interface Results {
  /** The day, as in 2026-01-31. */
  date: string;
  machine: { cores: number; memoryGB: number; system: string };
  versions: { node: string; sdk: string; cli: string };
  /** How many requests each half of a pair made. */
  clientRequests: number;
  client: ClientPair[];
  /** Absent in results of earlier releases. */
  redaction?: RedactionTime[];
  /** Absent in results of earlier releases. */
  one?: OnePreview[];
  measurements: Measurement[];
}

/** Reads what was saved last. */
export function loadResults(): Results {
  return JSON.parse(readFileSync(RESULTS_FILE, "utf8")) as Results;
}

/**
 * What was saved before, without the sizes that are measured anew.
 *
 * @throws if it was measured on another machine or with other versions, because figures of both cannot be compared
 */
export function addedTo(saved: Results, fresh: Results, sizes: readonly number[]): Results {
  const { date, machine, versions } = fresh;
  if (!isDeepStrictEqual([saved.machine, saved.versions], [machine, versions]))
    throw new Error("The saved results are of another machine or other versions. Leave out --add.");
  const measurements = saved.measurements.filter(({ secrets }) => !sizes.includes(secrets));
  return { ...saved, date, measurements };
}

/** Saves results, one measurement a line. */
export function saveResults(results: Results): void {
  const { client, measurements, ...rest } = results;
  const lines = (list: unknown[]) => list.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  writeFileSync(
    RESULTS_FILE,
    `${head},\n  "client": [\n${lines(client)}\n  ],\n  "measurements": [\n${lines(measurements)}\n  ]\n}\n`,
  );
}
