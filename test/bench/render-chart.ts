import * as echarts from "echarts";
import type { EChartsOption } from "echarts";
import { CONTENDERS, type Contender } from "./build-contenders";
import { rowsOf, seconds, sizesOf, spreadOf } from "./figures";
import { number } from "./format";
import { OPERATIONS } from "./operations";
import type { Results } from "./results";

const WIDTH = 900;
const PANEL_HEIGHT = 190;
const TOP = 64;
const GAP = 64;

const LOOK: Record<Contender, { name: string; color: string }> = {
  noop: { name: "a no-op provider", color: "#b4bcc6" },
  ours: { name: "pulumi-keycard", color: "#1668c7" },
  native: { name: "its native plugin", color: "#3aa675" },
  conventional: { name: "a conventional provider", color: "#e0962f" },
};

/** What takes the place of a colour in dark mode. A colour that is not here is readable in both modes. */
const DARK: Record<string, string> = {
  "#ffffff": "#0d1117",
  "#24292f": "#e6edf3",
  "#57606a": "#9198a1",
  "#54555a": "#9198a1",
  "#3c3c41": "#9198a1",
  "#e4e7eb": "#30363d",
  "#1668c7": "#4493f8",
};

/**
 * The chart: a panel for each size. A bar is the median of an operation, as a multiple of that of the no-op provider, so that
 * operations of 3 s and of 300 s are readable side by side. Its label has the seconds.
 */
export function renderChart(results: Results): string {
  const sizes = sizesOf(results.measurements);
  const height = TOP + sizes.length * (PANEL_HEIGHT + GAP) - GAP / 2;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption(options(results, sizes));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return withoutMarks(svg);
}

function options(results: Results, sizes: number[]): EChartsOption {
  const top = (panel: number) => TOP + panel * (PANEL_HEIGHT + GAP) + 26;
  return {
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: "sans-serif", color: "#24292f" },
    color: CONTENDERS.map((contender) => LOOK[contender].color),
    legend: {
      top: 8,
      itemGap: 36,
      data: CONTENDERS.map((contender) => LOOK[contender].name),
      textStyle: { fontSize: 13 },
    },
    title: sizes.map((secrets, panel) => ({
      text: `${number(secrets)} secrets: multiples of the no-op provider's time, labelled with the seconds`,
      left: 56,
      top: top(panel) - 32,
      textStyle: { fontSize: 13, color: "#24292f" },
    })),
    grid: sizes.map((_, panel) => ({ left: 56, right: 16, top: top(panel), height: PANEL_HEIGHT - 26 })),
    xAxis: sizes.map((_, panel) => ({
      type: "category" as const,
      gridIndex: panel,
      data: [...OPERATIONS],
      axisTick: { show: false },
      axisLabel: { fontSize: 13, color: "#24292f" },
    })),
    yAxis: sizes.map((_, panel) => ({
      type: "value" as const,
      gridIndex: panel,
      axisLabel: { color: "#57606a" },
      splitLine: { lineStyle: { color: "#e4e7eb" } },
    })),
    series: sizes.flatMap((secrets, panel) =>
      CONTENDERS.map((contender) => series(results, secrets, panel, contender)),
    ),
  };
}

function series(results: Results, secrets: number, panel: number, contender: Contender) {
  const rows = rowsOf(results, OPERATIONS).filter((row) => row.secrets === secrets);
  return {
    type: "bar" as const,
    name: LOOK[contender].name,
    xAxisIndex: panel,
    yAxisIndex: panel,
    barGap: "8%",
    barCategoryGap: "22%",
    label: { show: true, position: "top" as const, fontSize: 10, color: "#57606a" },
    data: rows.map((row) => {
      const [median, noop] = [contender, "noop" as const].map((each) => spreadOf(row, each, seconds)?.median);
      // The chart's marker for a missing bar.
      if (median === undefined || noop === undefined) return "-";
      return { value: median / noop, label: { formatter: shown(median) } };
    }),
  };
}

function shown(median: number): string {
  return median.toFixed(median < 100 ? 1 : 0);
}

/** Removes parts for pages with scripts, and parts that would differ between two charts of a process. Adds the dark mode. */
function withoutMarks(svg: string): string {
  return svg
    .replace(/ (class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*")/g, "")
    .replace(/<style.*?<\/style>\n?/s, "")
    .replace(/^(<svg.*>)$/m, (open) => `${open}\n${darkMode()}`);
}

function darkMode(): string {
  const rules = Object.entries(DARK).map(
    ([light, dark]) => `[fill="${light}"] { fill: ${dark}; } [stroke="${light}"] { stroke: ${dark}; }`,
  );
  return `<style>@media (prefers-color-scheme: dark) { ${rules.join(" ")} }</style>`;
}
