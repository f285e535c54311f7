import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderChart } from "./render-chart";
import { renderReport } from "./render-report";
import type { Results } from "./results";

const ROOT = resolve(__dirname, "../..");

/** The page that shows the results. */
export const REPORT_FILE = join(ROOT, "docs/benchmarks.md");
/** The chart on that page. */
export const CHART_FILE = join(ROOT, "docs/bench.svg");

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** Writes the generated part of the page, and the chart. */
export async function render(results: Results): Promise<void> {
  const page = await readFile(REPORT_FILE, "utf8");
  const { begin, end } = partOf(page);
  await writeFile(REPORT_FILE, page.slice(0, begin) + renderReport(results) + page.slice(end));
  await writeFile(CHART_FILE, renderChart(results));
}

/** The generated part of the page, without the two comments around it. */
export function reportIn(page: string): string {
  const { begin, end } = partOf(page);
  return page.slice(begin, end);
}

function partOf(page: string): { begin: number; end: number } {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${REPORT_FILE} has no ${BEGIN} with ${END} after it`);
  return { begin: begin + BEGIN.length, end };
}
