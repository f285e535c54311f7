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

/** The chart: a panel for each size, with the median seconds of each operation. */
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
      text: `${number(secrets)} secrets: seconds, median of the runs`,
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
      const median = spreadOf(row, contender, seconds)?.median;
      // The chart's marker for a missing bar.
      return median === undefined ? "-" : { value: median, label: { formatter: shown(median) } };
    }),
  };
}

function shown(median: number): string {
  return median.toFixed(median < 100 ? 1 : 0);
}

/** Removes parts for pages with scripts, and parts that would differ between two charts of a process. */
function withoutMarks(svg: string): string {
  return svg
    .replace(/ (class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*")/g, "")
    .replace(/<style.*?<\/style>\n?/s, "");
}
