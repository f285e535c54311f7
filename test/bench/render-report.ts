import { CONTENDERS, NAMES, type Contender } from "./build-contenders";
import {
  clientRatio,
  compiledRatio,
  cpuSeconds,
  differenceOf,
  emulatorSeconds,
  overEmpty,
  peakBytes,
  ratioOf,
  requestsOf,
  rowsOf,
  seconds,
  secondsLessEmulator,
  sizesOf,
  spread,
  spreadOf,
  stateBytesOf,
  totals,
  type Row,
} from "./figures";
import { megabytes, number, ratios } from "./format";
import { OPERATIONS } from "./operations";
import type { ClientRate, Measurement, Results } from "./results";
import { targetsOf } from "./targets";

const NOT_MEASURED = "not measured";

/** A heading, and the cell of each row below it; undefined if it was not measured. */
type Column = [heading: string, cell: (row: Row) => string | undefined];

const WHICH: Column[] = [
  ["", ({ operation }) => operation],
  ["secrets", ({ secrets }) => number(secrets)],
];

const TIMES: Column[] = [
  ...WHICH,
  ["ours, s", (row) => secondsOf(row, "ours")],
  ["× no-op", (row) => ratiosOf(row, "ours", "noop")],
  ["× no-op, less emulator", (row) => ratioOf(row, "ours", "noop", secondsLessEmulator)?.median.toFixed(2)],
  ["× no-op, processor", (row) => ratioOf(row, "ours", "noop", cpuSeconds)?.median.toFixed(2)],
  ["× conventional", (row) => ratiosOf(row, "ours", "conventional")],
  ["native, s", (row) => secondsOf(row, "native")],
  ["native × no-op", (row) => ratiosOf(row, "native", "noop")],
  ["native × ours", (row) => ratiosOf(row, "native", "ours")],
];

const REQUESTS_AND_MEMORY: Column[] = [
  ...WHICH,
  ["requests, ours", (row) => requests(row, "ours")],
  ["requests, native", (row) => requests(row, "native")],
  ["requests, conventional", (row) => requests(row, "conventional")],
  ["memory over no-op, ours, MB", (row) => memory(row, "ours")],
  ["memory over no-op, native, MB", (row) => memory(row, "native")],
  ["emulator, s", (row) => spreadOf(row, "ours", emulatorSeconds)?.median.toFixed(2)],
];

/** The generated part of docs/benchmarks.md: the tables, the other measurements, the machine and the targets. */
export function renderReport(results: Results): string {
  const rows = rowsOf(results, OPERATIONS);
  return `\n${[
    machineLine(results),
    "![Time of each operation, as a multiple of that of a no-op provider](bench.svg)",
    table(TIMES, rows),
    table(REQUESTS_AND_MEMORY, rows),
    ...compiledTable(results),
    [
      previewLine(rows),
      oneLine(results),
      memoryLine(results),
      stateLine(results),
      minimalStateLine(results),
      clientLine(results),
    ].join("\n"),
    "Targets, judged by the medians, and by the worst run for requests and state:",
    targetsOf(results)
      .map(({ text, verdict, found }) => `- ${verdict}: ${text}${found && ` (${found})`}`)
      .join("\n"),
  ].join("\n\n")}\n`;
}

function machineLine({ date, machine, versions, measurements }: Results): string {
  return (
    `Measured on ${date} in ${runsOf(measurements)}, on ${machine.cores} cores with ` +
    `${machine.memoryGB} GB (${machine.system}): Node.js ${versions.node}, SDK ${versions.sdk}, CLI ${versions.cli}.`
  );
}

/** As in "3 runs", or if the sizes differ "3 runs at 10, 1 run at 1,000". */
function runsOf(measurements: Measurement[]): string {
  const sizes = sizesOf(measurements);
  const counts = sizes.map((secrets) => {
    const runs = Math.max(...measurements.filter((one) => one.secrets === secrets).map(({ run }) => run));
    return `${runs} ${runs === 1 ? "run" : "runs"}`;
  });
  if (new Set(counts).size === 1) return counts[0] ?? "";
  return sizes.map((secrets, i) => `${counts[i]} at ${number(secrets)}`).join(", ");
}

function table(columns: Column[], rows: Row[]): string {
  const lines = [
    columns.map(([heading]) => heading),
    columns.map((_, column) => (column === 0 ? "---" : "---:")),
    ...rows.map((row) => columns.map(([, cell]) => cell(row) ?? NOT_MEASURED)),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Previews by where compiled code is kept. Older versions of Node.js keep none. */
function compiledTable({ compiled }: Results): string[] {
  if (!compiled) return [];
  const { date, node, sdk, previews } = compiled;
  const lines = Object.keys(previews[0] ?? {}).map((way) => {
    const ratio = compiledRatio(previews, way);
    return `| ${way} | ${spread(previews.map((one) => one[way] ?? NaN)).median.toFixed(2)} | ${ratios(ratio)} |`;
  });
  const head =
    `A preview of 10 secrets, by where Node.js keeps compiled code, measured on ${date} in ${previews.length} turns with ` +
    `Node.js ${node} and SDK ${sdk}. *Everywhere* is the variable \`NODE_COMPILE_CACHE\` for the program and for the provider's process.`;
  return [head, ["| Door, and where | s | × nowhere |", "| --- | ---: | ---: |", ...lines].join("\n")];
}

/** The largest preview through each door. */
function previewLine(rows: Row[]): string {
  const row = rows.findLast(({ operation }) => operation === "preview");
  if (!row) return `- A preview through each door: ${NOT_MEASURED}.`;
  const doors = (["noop", "ours", "native"] as const).map((door) => {
    const median = spreadOf(row, door, seconds)?.median;
    return `${NAMES[door]} ${median === undefined ? NOT_MEASURED : `${median.toFixed(1)} s`}`;
  });
  return `- A preview of ${number(row.secrets)} secrets: ${doors.join(", ")}.`;
}

function oneLine(results: Results): string {
  const [ours, native] = [overEmpty(results, "ours"), overEmpty(results, "native")];
  if (!ours || !native) return `- A preview of one secret over an empty program: ${NOT_MEASURED}.`;
  const empty = spread((results.one ?? []).map((one) => one.empty)).median;
  return (
    `- A preview of one secret over an empty program, which takes ${empty.toFixed(2)} s: ` +
    `ours ${ratios(ours)} s, native ${ratios(native)} s more.`
  );
}

function memoryLine(results: Results): string {
  const largest = sizesOf(results.measurements).at(-1) ?? 0;
  const rows = rowsOf(results, OPERATIONS).filter(({ secrets }) => secrets === largest);
  const peaks = CONTENDERS.map((contender) => {
    const medians = rows.map((row) => spreadOf(row, contender, peakBytes)?.median);
    const known = medians.filter((median) => median !== undefined);
    return `${NAMES[contender]} ${known.length === 0 ? NOT_MEASURED : `${megabytes(Math.max(...known))} MB`}`;
  });
  return `- The provider's process at its largest, with ${number(largest)} secrets: ${peaks.join(", ")}.`;
}

function stateLine({ measurements }: Results): string {
  const sizes = sizesOf(measurements).map((secrets) => {
    const bytes = CONTENDERS.map((contender) => {
      const all = stateBytesOf(measurements, contender, secrets);
      return `${NAMES[contender]} ${all.length === 0 ? NOT_MEASURED : number(spread(all).median)}`;
    });
    return `${bytes.join(", ")} with ${number(secrets)}`;
  });
  return `- Bytes of state per secret, without those of the empty stack: ${sizes.join("; ")}.`;
}

function minimalStateLine({ minimalState }: Results): string {
  const found = minimalState
    ? `ours ${number(minimalState.ours)}, native ${number(minimalState.native)} with ${number(minimalState.secrets)}`
    : NOT_MEASURED;
  return `- The same for secrets with only an entity and a token: ${found}.`;
}

function clientLine(results: Results): string {
  const ratio = clientRatio(results);
  if (!ratio) return `- The client alone: ${NOT_MEASURED}.`;
  const rates = (of: "ours" | "axios", figure: keyof ClientRate) =>
    number(spread(results.client.map((pair) => pair[of][figure])).median);
  return (
    `- The client alone, ${number(results.clientRequests)} reads with 16 at once, ${results.client.length} pairs: ` +
    `${rates("ours", "requestsPerSecond")} requests a second, a bare loop with axios ` +
    `${rates("axios", "requestsPerSecond")}; ratio ${ratios(ratio)}; ` +
    `${rates("ours", "cpuMicrosecondsPerRequest")} and ${rates("axios", "cpuMicrosecondsPerRequest")} µs of the ` +
    "processor per request."
  );
}

function secondsOf(row: Row, contender: Contender): string | undefined {
  return spreadOf(row, contender, seconds)?.median.toFixed(1);
}

function ratiosOf(row: Row, contender: Contender, other: Contender): string | undefined {
  const found = ratioOf(row, contender, other, seconds);
  return found && ratios(found);
}

function memory(row: Row, contender: Contender): string | undefined {
  const over = differenceOf(row, contender, "noop", peakBytes);
  return over && megabytes(over.median);
}

function requests(row: Row, contender: Contender): string | undefined {
  const made = requestsOf(row, contender);
  if (made.length === 0) return undefined;
  const { min, max } = totals(made);
  return min === max ? number(min) : `${number(min)} to ${number(max)}`;
}
