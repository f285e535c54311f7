import type { Contender } from "./build-contenders";
import { total, type Operation, type Requests } from "./operations";
import type { Measurement, Results } from "./results";

/** The least, the middle and the most of some figures. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** What the runs of one operation at one size came to. */
export interface Row {
  operation: Operation;
  secrets: number;
  seconds: Record<Contender, Spread>;
  /** Our seconds by the floor's in the same run. */
  timesFloor: Spread;
  /** The same where the emulator's time on the processor is taken off ours. */
  timesFloorWithoutEmulator: Spread;
  /** Our seconds of the processor by the floor's; undefined where they were not measured. */
  cpuTimesFloor: Spread | undefined;
  /** Our seconds by the conventional provider's in the same run. */
  timesConventional: Spread;
  /** Those of every run, as they may differ. */
  requests: Record<"ours" | "conventional", Requests[]>;
  emulatorCpuSeconds: Spread;
  /** Of our provider over the floor's in the same run; undefined where it was not measured. */
  bytesOverFloor: Spread | undefined;
  peakBytes: Record<Contender, Spread | undefined>;
}

/** @throws where there are no figures */
export function spread(figures: number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error("There is nothing to take a median of");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? min;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min;
  return { min, median: (lower + upper) / 2, max };
}

/** One row an operation and size, sizes ascending within each operation, operations in their order. */
export function rowsOf({ measurements }: Results, operations: readonly Operation[]): Row[] {
  return operations.flatMap((operation) =>
    sizesOf(measurements).flatMap((secrets) => {
      const here = measurements.filter((one) => one.operation === operation && one.secrets === secrets);
      return here.length === 0 ? [] : [rowOf(operation, secrets, here)];
    }),
  );
}

/** The sizes that were measured, ascending. */
export function sizesOf(measurements: Measurement[]): number[] {
  return [...new Set(measurements.map(({ secrets }) => secrets))].sort((a, b) => a - b);
}

/** What a secret takes in the state file, by contender and size. */
export function stateBytesOf(measurements: Measurement[], contender: Contender, secrets: number): number[] {
  return measurements
    .filter((one) => one.contender === contender && one.secrets === secrets)
    .flatMap(({ stateBytes }) => (stateBytes === undefined ? [] : [stateBytes / secrets]));
}

/** Our client's rate by that of the bare loop, in the pairs measured. */
export function clientRatio({ client }: Results): Spread | undefined {
  if (client.length === 0) return undefined;
  return spread(client.map(({ ours, axios }) => ours.requestsPerSecond / axios.requestsPerSecond));
}

function rowOf(operation: Operation, secrets: number, measurements: Measurement[]): Row {
  const of = (contender: Contender) => measurements.filter((one) => one.contender === contender);
  const ours = of("ours");
  const sameRun = (contender: Contender, run: number) => {
    const found = of(contender).find((one) => one.run === run);
    if (!found) throw new Error(`Run ${run} of ${operation} at ${secrets} has no ${contender}`);
    return found;
  };
  const by = (contender: Contender, seconds: (one: Measurement) => number) =>
    spread(ours.map((one) => seconds(one) / sameRun(contender, one.run).seconds));
  const secondsOf = (contender: Contender) => spread(of(contender).map(({ seconds }) => seconds));
  const peaks = (contender: Contender) =>
    spreadOfKnown(of(contender).map(({ providerPeakBytes }) => providerPeakBytes));
  return {
    operation,
    secrets,
    seconds: {
      ours: secondsOf("ours"),
      floor: secondsOf("floor"),
      conventional: secondsOf("conventional"),
    },
    timesFloor: by("floor", ({ seconds }) => seconds),
    timesFloorWithoutEmulator: by(
      "floor",
      ({ seconds, emulatorCpuSeconds }) => seconds - (emulatorCpuSeconds ?? 0),
    ),
    cpuTimesFloor: spreadOfKnown(
      ours.map(({ cpuSeconds, run }) => {
        const floor = sameRun("floor", run).cpuSeconds;
        return cpuSeconds === null || floor === null ? null : cpuSeconds / floor;
      }),
    ),
    timesConventional: by("conventional", ({ seconds }) => seconds),
    requests: {
      ours: ours.map(({ requests }) => requests ?? {}),
      conventional: of("conventional").map(({ requests }) => requests ?? {}),
    },
    emulatorCpuSeconds: spread(ours.map(({ emulatorCpuSeconds }) => emulatorCpuSeconds ?? 0)),
    bytesOverFloor: spreadOfKnown(
      ours.map(({ providerPeakBytes, run }) => {
        const floor = sameRun("floor", run).providerPeakBytes;
        return providerPeakBytes === null || floor === null ? null : providerPeakBytes - floor;
      }),
    ),
    peakBytes: { ours: peaks("ours"), floor: peaks("floor"), conventional: peaks("conventional") },
  };
}

/** Undefined where one of the figures was not measured. */
function spreadOfKnown(figures: (number | null)[]): Spread | undefined {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 || known.length < figures.length ? undefined : spread(known);
}

/** All requests of each run. */
export function totals(requests: Requests[]): Spread {
  return spread(requests.map(total));
}
