import { CONTENDERS } from "./build-contenders";
import { clientRatio, rowsOf, sizesOf, spread, stateBytesOf, totals, type Row } from "./figures";
import { megabytes, number, ratios } from "./format";
import { OPERATIONS } from "./operations";
import type { ClientRate, Measurement, Results } from "./results";
import { targetsOf } from "./targets";

const NOT_MEASURED = "not measured";

/** The part of docs/benchmarks.md: the table, what else was measured, the machine and the targets. */
export function renderReport(results: Results): string {
  return `\n${[
    machineLine(results),
    "![Wall time of each operation](bench.svg)",
    table(results),
    [memoryLine(results), stateLine(results), clientLine(results)].join("\n"),
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

/** As in "3 runs", or where the sizes differ "3 runs at 10, 1 run at 1,000". */
function runsOf(measurements: Measurement[]): string {
  const sizes = sizesOf(measurements);
  const counts = sizes.map((secrets) => {
    const runs = Math.max(...measurements.filter((one) => one.secrets === secrets).map(({ run }) => run));
    return `${runs} ${runs === 1 ? "run" : "runs"}`;
  });
  if (new Set(counts).size === 1) return counts[0] ?? "";
  return sizes.map((secrets, i) => `${counts[i]} at ${number(secrets)}`).join(", ");
}

function table(results: Results): string {
  const head = [
    "",
    "secrets",
    "ours, s",
    "× floor",
    "× floor, less emulator",
    "× floor, processor",
    "× conventional",
    "requests",
    "theirs",
    "memory over floor, MB",
    "emulator, s",
  ];
  const rows = rowsOf(results, OPERATIONS).map((row) => [
    row.operation,
    number(row.secrets),
    row.seconds.ours.median.toFixed(1),
    ratios(row.timesFloor),
    row.timesFloorWithoutEmulator.median.toFixed(2),
    row.cpuTimesFloor ? row.cpuTimesFloor.median.toFixed(2) : NOT_MEASURED,
    ratios(row.timesConventional),
    requests(row, "ours"),
    requests(row, "conventional"),
    row.bytesOverFloor ? megabytes(row.bytesOverFloor.median) : NOT_MEASURED,
    row.emulatorCpuSeconds.median.toFixed(2),
  ]);
  const lines = [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function memoryLine(results: Results): string {
  const largest = sizesOf(results.measurements).at(-1) ?? 0;
  const rows = rowsOf(results, OPERATIONS).filter(({ secrets }) => secrets === largest);
  const peaks = CONTENDERS.map((contender) => {
    const medians = rows.map(({ peakBytes }) => peakBytes[contender]?.median);
    const known = medians.filter((median) => median !== undefined);
    return `${contender} ${known.length === 0 ? NOT_MEASURED : `${megabytes(Math.max(...known))} MB`}`;
  });
  return `- The provider's process at its largest, with ${number(largest)} secrets: ${peaks.join(", ")}.`;
}

function stateLine({ measurements }: Results): string {
  const sizes = sizesOf(measurements).map((secrets) => {
    const bytes = CONTENDERS.map((contender) => {
      const median = spread(stateBytesOf(measurements, contender, secrets)).median;
      return `${contender} ${number(median)}`;
    });
    return `${bytes.join(", ")} with ${number(secrets)}`;
  });
  return `- Bytes of state a secret, the empty stack's taken off: ${sizes.join("; ")}.`;
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
    "processor a request."
  );
}

function requests(row: Row, contender: "ours" | "conventional"): string {
  const { min, max } = totals(row.requests[contender]);
  return min === max ? number(min) : `${number(min)} to ${number(max)}`;
}
