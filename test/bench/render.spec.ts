import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CHART_FILE, REPORT_FILE, reportIn } from "./render";
import { renderChart } from "./render-chart";
import { renderReport } from "./render-report";
import { loadResults } from "./results";

const ROOT = resolve(__dirname, "../..");
const STALE = "It differs from the results: run `npm run bench -- --render`.";

describe("what the documents show of the bench", () => {
  it("the documents show the committed results", () => {
    assert.ok(reportIn(readFileSync(REPORT_FILE, "utf8")) === renderReport(loadResults()), STALE);
  });

  it("the chart is the one that the results produce, the same each time", () => {
    const chart = readFileSync(CHART_FILE, "utf8");
    for (const time of [1, 2]) assert.ok(renderChart(loadResults()) === chart, `${STALE} (time ${time})`);
  });

  it("the chart follows dark mode in every colour, and each of its bars can be seen", () => {
    const chart = renderChart(loadResults());
    const [, rules = "", drawing = ""] = /<style>(.*?)<\/style>(.*)/s.exec(chart) ?? [];
    assert.match(rules, /prefers-color-scheme: dark/);
    // These are readable on both backgrounds.
    const bars = ["#b4bcc6", "#b7b9be", "#3aa675", "#e0962f"];
    const used = [...drawing.matchAll(/(fill|stroke)="(#\w+)"/g)].filter(
      ([, , color = ""]) => !bars.includes(color),
    );
    assert.ok(used.length > 20);
    for (const [pair = "", property = ""] of used) {
      assert.ok(rules.includes(`[${pair}] { ${property}: #`), `${pair} has no colour for dark mode`);
    }
    const heights = [...drawing.matchAll(/d="M[\d. ]+l[\d.]+ 0l0 -([\d.]+)l/g)].map(([, height]) =>
      Number(height),
    );
    assert.ok(heights.length > 50);
    assert.ok(Math.min(...heights) > 10, `a bar is ${Math.min(...heights)} px high`);
  });

  it("the no-op provider has a loader text of the same form and length as ours", () => {
    const loader = (file: string) =>
      /^const LOADER =\s+"(.*)";$/m.exec(readFileSync(join(ROOT, file), "utf8"))?.[1];
    const [ours, noop] = [loader("provider/program/secret.ts"), loader("test/bench/contenders/noop.ts")];
    assert.equal(noop?.replace("./no-op-module/provider", "pulumi-keycard/provider"), ours);
    assert.equal(noop?.length, ours?.length);
  });
});
