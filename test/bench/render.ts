import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderChart } from "./render-chart";
import { renderReport } from "./render-report";
import type { Results } from "./results";

const ROOT = resolve(__dirname, "../..");

/** Where the results are shown. */
export const README_FILE = join(ROOT, "README.md");
/** The chart that the README shows. */
export const CHART_FILE = join(ROOT, "docs/bench.svg");

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** Writes the README's part and the chart. */
export async function render(results: Results): Promise<void> {
  const readme = await readFile(README_FILE, "utf8");
  const { begin, end } = partOf(readme);
  await writeFile(README_FILE, readme.slice(0, begin) + renderReport(results) + readme.slice(end));
  await writeFile(CHART_FILE, renderChart(results));
}

/** The part of the README that the results are shown in, without the two comments around it. */
export function reportIn(readme: string): string {
  const { begin, end } = partOf(readme);
  return readme.slice(begin, end);
}

function partOf(readme: string): { begin: number; end: number } {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`The README has no ${BEGIN} with ${END} after it`);
  return { begin: begin + BEGIN.length, end };
}
