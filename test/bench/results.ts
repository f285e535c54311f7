import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Contender } from "./build-contenders";
import type { Operation, Requests } from "./operations";

/** The file with the figures for docs/benchmarks.md and the chart. */
export const RESULTS_FILE = join(__dirname, "results.json");

/** One run of the CLI. */
export interface Measurement {
  secrets: number;
  /** Counts the runs of one size, from 1. */
  run: number;
  operation: Operation;
  contender: Contender;
  seconds: number;
  /** Processor seconds of the CLI and all its children; null if they were not measured. */
  cpuSeconds: number | null;
  /** Null for the contender that sends none. */
  requests: Requests | null;
  /** Processor seconds of the emulator; null if there is none. */
  emulatorCpuSeconds: number | null;
  /** Peak memory of the provider's process; null if it was not measured. */
  providerPeakBytes: number | null;
  /** The bytes that a create added to the state file. */
  stateBytes?: number;
}

/** The rate of a client alone. */
export interface ClientRate {
  requestsPerSecond: number;
  /** Processor microseconds of the client's process. */
  cpuMicrosecondsPerRequest: number;
}

/** Our client and a bare loop, one right after the other. */
export interface ClientPair {
  ours: ClientRate;
  axios: ClientRate;
}

/** Seconds of a preview of an empty program, and of one secret through each door. */
export interface OnePreview {
  empty: number;
  ours: number;
  native: number;
}

/** Seconds of a preview by its door, where compiled code is kept, and whether it was there. */
export type CompiledPreview = Record<string, number>;

/** Previews with kept code, all with one version of Node.js, because older ones keep none. */
export interface Compiled {
  date: string;
  node: string;
  sdk: string;
  previews: CompiledPreview[];
}

/** Bytes of state per secret with only an entity and a token, through each door. */
export interface MinimalState {
  /** The number of secrets in each stack. */
  secrets: number;
  ours: number;
  native: number;
}

/** The time to redact that much from a message. */
export interface RedactionTime {
  kilobytes: number;
  seconds: number;
}

/** The time to keep so many values out of 10,000 lines of a log. */
export interface LogTime {
  values: number;
  seconds: number;
}

/** Seconds of runs whose values come from sources, through one door. */
export interface SourceTimes {
  door: "ours" | "native";
  /** Previews of many secrets with inline values. */
  inline: number[];
  /** The same with values from variables. */
  fromEnv: number[];
  /** Runs of secrets with a command each that takes a second, one command at a time. */
  serial: Partial<Record<Operation, number>>;
  /** The same with eight commands at a time, which is the default. */
  parallel: Partial<Record<Operation, number>>;
}

/** The results of one call of `npm run bench`. */
export interface Results {
  /** The day, as in 2026-01-31. */
  date: string;
  machine: { cores: number; memoryGB: number; system: string };
  versions: { node: string; sdk: string; cli: string };
  /** The number of requests in each half of a pair. */
  clientRequests: number;
  client: ClientPair[];
  /** Absent in results of earlier releases. */
  redaction?: RedactionTime[];
  /** Absent in results of earlier releases. */
  log?: LogTime[];
  /** Absent in results of earlier releases. */
  one?: OnePreview[];
  /** Absent in results of earlier releases. */
  minimalState?: MinimalState;
  /** Absent in results of earlier releases, and of a Node.js that keeps no compiled code. */
  compiled?: Compiled;
  /** Absent in results of earlier releases. */
  sources?: SourceTimes[];
  measurements: Measurement[];
}

/** Reads the saved results. */
export function loadResults(): Results {
  return JSON.parse(readFileSync(RESULTS_FILE, "utf8")) as Results;
}

/**
 * The saved results, without the operations and sizes that are measured again.
 *
 * @throws if it was measured on another machine or with other versions, because figures of both cannot be compared
 */
export function addedTo(
  saved: Results,
  fresh: Results,
  { sizes, operations }: { sizes: readonly number[]; operations: readonly Operation[] },
): Results {
  const { date, machine, versions } = fresh;
  if (!isDeepStrictEqual([saved.machine, saved.versions], [machine, versions]))
    throw new Error("The saved results are of another machine or other versions. Leave out --add.");
  const measurements = saved.measurements.filter(
    ({ secrets, operation }) => !sizes.includes(secrets) || !operations.includes(operation),
  );
  return { ...saved, date, measurements };
}

/** Saves results, one measurement per line. */
export function saveResults(results: Results): void {
  const { client, measurements, ...rest } = results;
  const lines = (list: unknown[]) => list.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  writeFileSync(
    RESULTS_FILE,
    `${head},\n  "client": [\n${lines(client)}\n  ],\n  "measurements": [\n${lines(measurements)}\n  ]\n}\n`,
  );
}
