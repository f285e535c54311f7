import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { renderChart } from "./chart";
import { Figures, keysOf, number, type Spread } from "./figures";
import type { Key, Results } from "./results";
import { COMPILED, CONTENDERS, OURS } from "./scenarios";
import { OPERATIONS } from "./stack";
import { verdictsOf } from "./targets";

/** The page that shows the results, and the chart on it. */
export const PAGE_FILE = resolve(__dirname, "../../docs/benchmarks.md");
export const CHART_FILE = resolve(__dirname, "../../docs/bench.svg");

const NAMES = { noop: "no-op", ours: "ours", native: "native", conventional: "conventional" };
const GENERATED = /(?<=<!-- bench -->).*(?=<!-- \/bench -->)/s;

/** Writes the generated part of the page, and the chart. */
export function renderPage(results: Results): void {
  const report = renderReport(results);
  const page = readFileSync(PAGE_FILE, "utf8").replace(GENERATED, () => report);
  writeFileSync(PAGE_FILE, page);
  writeFileSync(CHART_FILE, renderChart(results));
}

/** The generated part of the page, without the two comments around it. */
export const reportIn = (page: string) => GENERATED.exec(page)?.[0];

/** The machine, the chart, and the tables. */
export function renderReport(results: Results): string {
  const figures = new Figures(results);
  const { date, machine, versions, note, scenarios } = results;
  const parts = [
    `Measured on ${date}, on ${machine.cores} cores with ${machine.memoryGB} GB (${machine.system}): version ` +
      `${versions.package}, Node.js ${versions.node}, SDK ${versions.sdk}, CLI ${versions.cli}. ${note ?? ""}`.trim(),
    "![Time of each operation, as a multiple of that of a no-op provider](bench.svg)",
    ...operationTables(figures),
    settingsTable(figures),
    "Targets. The worst of the medians is compared with what it may be at most:",
    table(
      ["verdict", "target", "at most", "minimum / median / maximum"],
      verdictsOf(figures).map(({ text, limit, worst, where, verdict }) => {
        return [verdict, text, short(limit), spread(worst, short) + where];
      }),
    ),
    "Whether the machine was quiet. *Load* is the load average when a scenario began, with what the one before has done. " +
      "*Others* is how many processors other processes kept busy. With more than 0.2 a scenario is *disturbed*.",
    table(
      ["scenario", "", "minutes", "load", "others"],
      scenarios.map(({ name, minutes, load, others }) => {
        const measured = [minutes, load, others].map((figure) => figure?.toFixed(2) ?? "not recorded");
        return [name, Number(others) > 0.2 ? "disturbed" : "", ...measured];
      }),
    ),
  ];
  return `\n${parts.join("\n\n")}\n`;
}

/** What each operation takes, by the number of secrets. */
function operationTables(figures: Figures): string[] {
  const of = (who: string) => (key: Key) => ({ ...key, who });
  const native = of("native");
  const times: Record<string, (key: Key) => string> = {
    runs: (key) => number(figures.of(key).length),
    "no-op, s": (key) => median(figures.spread(of("noop")(key)), 1),
    "ours, s": (key) => median(figures.spread(key), 1),
    "× no-op": (key) => spread(figures.compare(key, { who: "noop" })),
    "× no-op, less emulator": (key) =>
      median(figures.compare(key, { who: "noop" }, "secondsLessEmulator"), 2),
    "× no-op, processor": (key) => median(figures.compare(key, { who: "noop" }, "cpuSeconds"), 2),
    "× conventional": (key) => spread(figures.compare(key, { who: "conventional" })),
    "native, s": (key) => median(figures.spread(native(key)), 1),
    "native × no-op": (key) => spread(figures.compare(native(key), { who: "noop" })),
    "native × ours": (key) => spread(figures.compare(native(key), key)),
  };
  const costs: Record<string, (key: Key) => string> = {
    "emulator, s": (key) => median(figures.spread(key, "emulatorSeconds"), 2),
  };
  for (const who of CONTENDERS.slice(1))
    costs[`requests, ${who}`] = (key) => median(figures.spread(of(who)(key), "requests"), 0);
  for (const who of CONTENDERS)
    costs[`MB, ${NAMES[who]}`] = (key) => median(figures.spread(of(who)(key), "providerMB"), 0);
  for (const who of CONTENDERS)
    costs[`bytes of state, ${NAMES[who]}`] = (key) =>
      median(figures.spread(of(who)(key), "stateBytesEach"), 0);
  const keys = keysOf(`${Object.keys(OPERATIONS).join("|")}/${figures.sizes.join("|")}/ours`);
  return [times, costs].map((columns) => {
    const cells = (key: Key) => Object.values(columns).map((cell) => cell(key));
    const rows = keys.map((key) => [key.operation, number(key.size), ...cells(key)]);
    return table(["", "secrets", ...Object.keys(columns)], rows);
  });
}

/** The package with other settings, each compared with what is named. */
function settingsTable(figures: Figures): string {
  const compared: Record<string, string> = { "preview/1/ours|native": "empty" };
  for (const { who, program } of COMPILED) compared[`preview/10/${who}`] = `${program}, nowhere`;
  for (const program of OURS) compared[`preview/1000/${program}, fromEnv`] = `${program}, inline`;
  for (const program of OURS)
    compared[`preview|unchanged/50/${program}, fromCommand`] = `${program}, one at a time`;
  compared["client/10000/ours"] = "axios";
  const rows = Object.entries(compared).flatMap(([keys, who]) =>
    keysOf(keys).map((key) => {
      const [more, times] = [figures.compare(key, { who }, "seconds", "−"), figures.compare(key, { who })];
      const seconds = median(figures.spread(key), 2);
      return [key.who, key.operation, number(key.size), seconds, who, spread(more), spread(times)];
    }),
  );
  return table(["", "", "how many", "s", "compared with", "s more", "×"], rows);
}

function table(headings: string[], rows: string[][]): string {
  const lines = [headings, headings.map((_, column) => (column < 2 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** As in 0.98 / 1.01 / 1.05. */
function spread(found: Spread | undefined, shown = (figure: number) => figure.toFixed(2)): string {
  return found ? found.map(shown).join(" / ") : "not measured";
}

function median([, found]: Spread | [] = [], digits: number): string {
  return found === undefined ? "" : digits === 0 ? number(found) : found.toFixed(digits);
}

/** As in 2,500, 40, 1.05 or 0.011. */
function short(figure: number): string {
  if (Number.isInteger(figure) || Math.abs(figure) >= 10) return number(figure);
  return figure.toFixed(Math.abs(figure) < 0.1 ? 3 : 2);
}
