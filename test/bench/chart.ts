import * as echarts from "echarts";
import { Figures, number } from "./figures";
import type { Results } from "./results";
import { CONTENDERS } from "./scenarios";
import { OPERATIONS } from "./stack";

const [WIDTH, PANEL, TOP] = [900, 254, 64];

/** Names and colours in the order of {@link CONTENDERS}. */
const NAMES = ["a no-op provider", "pulumi-keycard", "its native plugin", "a conventional provider"];
const COLORS = ["#b4bcc6", "#1668c7", "#3aa675", "#e0962f"];

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
  const figures = new Figures(results);
  const height = TOP + figures.sizes.length * PANEL - 32;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  const panels = figures.sizes.map((size, panel) => panelOf(figures, size, panel));
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: "sans-serif", color: "#24292f" },
    color: COLORS,
    legend: { top: 8, itemGap: 36, data: NAMES, textStyle: { fontSize: 13 } },
    title: panels.map(({ title }) => title),
    grid: panels.map(({ grid }) => grid),
    xAxis: panels.map(({ xAxis }) => xAxis),
    yAxis: panels.map(({ yAxis }) => yAxis),
    series: panels.flatMap(({ series }) => series),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const rules = Object.entries(DARK).map(
    ([light, dark]) => `[fill="${light}"] { fill: ${dark}; } [stroke="${light}"] { stroke: ${dark}; }`,
  );
  const style = `<style>@media (prefers-color-scheme: dark) { ${rules.join(" ")} }</style>`;
  // Without what is for pages with scripts, and what would differ between two charts of a process.
  return svg
    .replace(/ (class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*")/g, "")
    .replace(/<style.*?<\/style>\n?/s, "")
    .replace(/^(<svg.*>)$/m, (open) => `${open}\n${style}`);
}

function panelOf(figures: Figures, size: number, panel: number) {
  const top = TOP + panel * PANEL + 26;
  const text = `${number(size)} secrets: multiples of the no-op provider's time, labelled with the seconds`;
  const operations = Object.keys(OPERATIONS);
  const dark = { fontSize: 13, color: "#24292f" };
  const medianOf = (operation: string, who: string) => figures.spread({ operation, size, who })?.[1];
  const series = CONTENDERS.map((who, index) => ({
    type: "bar" as const,
    name: NAMES[index] ?? who,
    xAxisIndex: panel,
    yAxisIndex: panel,
    barMinHeight: 8,
    barGap: "8%",
    barCategoryGap: "22%",
    label: { show: true, position: "top" as const, fontSize: 10, color: "#57606a" },
    data: operations.map((operation) => {
      const [mine, noop] = [medianOf(operation, who), medianOf(operation, "noop")];
      // The chart's marker for a missing bar.
      if (mine === undefined || noop === undefined) return "-";
      return { value: mine / noop, label: { formatter: mine.toFixed(mine < 100 ? 1 : 0) } };
    }),
  }));
  return {
    title: { text, left: 56, top: top - 32, textStyle: dark },
    grid: { left: 56, right: 16, top, height: 164 },
    xAxis: {
      type: "category" as const,
      gridIndex: panel,
      data: operations,
      axisTick: { show: false },
      axisLabel: dark,
    },
    yAxis: {
      type: "value" as const,
      gridIndex: panel,
      axisLabel: { color: "#57606a" },
      splitLine: { lineStyle: { color: "#e4e7eb" } },
    },
    series,
  };
}
