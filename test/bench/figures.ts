import type { Contender } from "./build-contenders";
import { total, type Operation, type Requests } from "./operations";
import type { CompiledPreview, Measurement, OnePreview, Results } from "./results";

/** The minimum, median and maximum of some figures. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** All measurements of one operation with one number of secrets. */
export interface Row {
  operation: Operation;
  secrets: number;
  measurements: Measurement[];
}

/** One figure of a measurement; null if it was not measured. */
export type Figure = (one: Measurement) => number | null;

/** Elapsed time. */
export const seconds: Figure = (one) => one.seconds;
/** Elapsed time minus the processor time of the emulator. */
export const secondsLessEmulator: Figure = (one) => one.seconds - (one.emulatorCpuSeconds ?? 0);
/** Processor time of the CLI and all its children. */
export const cpuSeconds: Figure = (one) => one.cpuSeconds;
/** Memory of the provider's process. */
export const peakBytes: Figure = (one) => one.providerPeakBytes;
/** Processor time of the emulator. */
export const emulatorSeconds: Figure = (one) => one.emulatorCpuSeconds;

/** @throws if there are no figures */
export function spread(figures: number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error("There are no figures for a median");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? min;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min;
  return { min, median: (lower + upper) / 2, max };
}

/** One row per operation and size, sizes ascending within each operation, operations in their order. */
export function rowsOf({ measurements }: Results, operations: readonly Operation[]): Row[] {
  return operations.flatMap((operation) =>
    sizesOf(measurements).flatMap((secrets) => {
      const here = measurements.filter((one) => one.operation === operation && one.secrets === secrets);
      return here.length === 0 ? [] : [{ operation, secrets, measurements: here }];
    }),
  );
}

/** The sizes that were measured, ascending. */
export function sizesOf(measurements: Measurement[]): number[] {
  return [...new Set(measurements.map(({ secrets }) => secrets))].sort((a, b) => a - b);
}

/** A figure of one contender in all runs; undefined if one of them has none. */
export function spreadOf(row: Row, contender: Contender, figure: Figure): Spread | undefined {
  return spreadOfKnown(measurementsOf(row, contender).map(figure));
}

/** A figure of one contender divided by that of another in the runs that both took part in; undefined if there are none. */
export function ratioOf(row: Row, contender: Contender, other: Contender, figure: Figure) {
  return compare(row, contender, other, figure, (mine, theirs) => mine / theirs);
}

/** A figure of one contender less that of another in the runs that both took part in; undefined if there are none. */
export function differenceOf(row: Row, contender: Contender, other: Contender, figure: Figure) {
  return compare(row, contender, other, figure, (mine, theirs) => mine - theirs);
}

/** The requests of each run; empty if the contender was not measured. */
export function requestsOf(row: Row, contender: Contender): Requests[] {
  return measurementsOf(row, contender).map(({ requests }) => requests ?? {});
}

/** All requests of each run. */
export function totals(requests: Requests[]): Spread {
  return spread(requests.map(total));
}

/** The bytes per secret in the state file, in each run. */
export function stateBytesOf(measurements: Measurement[], contender: Contender, secrets: number): number[] {
  return measurements
    .filter((one) => one.contender === contender && one.secrets === secrets)
    .flatMap(({ stateBytes }) => (stateBytes === undefined ? [] : [stateBytes / secrets]));
}

/** The rate of the package's client divided by that of the bare loop, in the pairs measured. */
export function clientRatio({ client }: Results): Spread | undefined {
  if (client.length === 0) return undefined;
  return spread(client.map(({ ours, axios }) => ours.requestsPerSecond / axios.requestsPerSecond));
}

/** A preview with kept compiled code divided by one through the same door without. */
export function compiledRatio(previews: CompiledPreview[], way: string): Spread {
  const [door] = way.split(" ");
  return spread(previews.map((one) => (one[way] ?? NaN) / (one[`${door} nowhere`] ?? NaN)));
}

/** The difference between the preview of one secret and that of an empty program. */
export function overEmpty({ one = [] }: Results, door: Exclude<keyof OnePreview, "empty">) {
  return spreadOfKnown(one.map((preview) => preview[door] - preview.empty));
}

function measurementsOf({ measurements }: Row, contender: Contender): Measurement[] {
  return measurements.filter((one) => one.contender === contender);
}

function compare(
  row: Row,
  contender: Contender,
  other: Contender,
  figure: Figure,
  combine: (mine: number, theirs: number) => number,
): Spread | undefined {
  const others = measurementsOf(row, other);
  return spreadOfKnown(
    measurementsOf(row, contender).flatMap((one) => {
      // The conventional provider takes part in one run alone if the stack is large.
      const sameRun = others.find(({ run }) => run === one.run);
      if (!sameRun) return [];
      const [mine, theirs] = [figure(one), figure(sameRun)];
      return [mine === null || theirs === null ? null : combine(mine, theirs)];
    }),
  );
}

/** Undefined if one of the figures was not measured. */
function spreadOfKnown(figures: (number | null)[]): Spread | undefined {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 || known.length < figures.length ? undefined : spread(known);
}
