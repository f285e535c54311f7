import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { madeUpResults } from "./made-up-results";
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

  it("the report has the times and requests of each operation and size, and the size of the machine", () => {
    const report = renderReport(madeUpResults());
    assert.match(report, /^Measured on 2026-01-31 in 3 runs, on 2 cores with 8 GB \(linux x64\)/m);
    const times =
      "| create | 1,000 | 10.5 | 1.05 / 1.05 / 1.05 | 1.00 | 1.05 | 0.53 / 0.53 / 0.53 | 8.5 | 0.85 / 0.85 / 0.85 | 0.81 / 0.81 / 0.81 |";
    assert.ok(report.includes(`\n${times}\n`), report);
    assert.ok(report.includes("\n| create | 1,000 | 1,001 | 1,001 | 1,001 | 30 | 30 | 0.50 |\n"), report);
    assert.match(report, /^- met: ours: at most 2,500 bytes of state per secret \(1,600 at 10\)$/m);
    assert.match(
      report,
      /^- The same for secrets with only an entity .*: ours 1,970, native 1,610 with 100\.$/m,
    );
    assert.match(report, /^- A preview of 1,000 secrets: no-op 10\.0 s, ours 10\.5 s, native 8\.5 s\.$/m);
    assert.match(report, /^- A preview of one secret .* 1\.00 s: ours 0\.40 .*, native 0\.15 .* s more\.$/m);
  });

  it("the report tells how many runs each size had, if they differ", () => {
    const results = madeUpResults();
    results.measurements = results.measurements.filter(({ secrets, run }) => secrets === 10 || run === 1);
    assert.match(
      renderReport(results),
      /^Measured on 2026-01-31 in 3 runs at 10, 1 run at 1,000, on 2 cores/m,
    );
  });

  it("the report lists what was not measured", () => {
    const report = renderReport(madeUpResults(() => ({ providerPeakBytes: null, cpuSeconds: null })));
    assert.match(report, /^\| create \| 10 \|.* 1\.00 \| not measured \| /m);
    assert.match(report, /no-op not measured, ours not measured, native not measured/);
    const results = madeUpResults();
    results.measurements = results.measurements.filter(
      ({ contender, operation, secrets }) =>
        contender !== "conventional" || operation === "create" || secrets < 1000,
    );
    const partly = renderReport({ ...results, one: [] });
    assert.match(partly, /^\| refresh \| 1,000 \| 10\.5 \|.* 1\.05 \| not measured \| 8\.5 \|/m);
    assert.match(partly, /^\| refresh \| 10 \|.* 0\.53 \| 8\.5 \|/m);
    assert.match(partly, /^- A preview of one secret over an empty program: not measured\.$/m);
  });
});

describe("the chart of the bench", () => {
  it("the chart shows every contender, operation and size", () => {
    const chart = renderChart(madeUpResults());
    const names = ["a no-op provider", "pulumi-keycard", "its native plugin", "a conventional provider"];
    for (const text of [...names, "unchanged", "refresh", "1,000 secrets", "10.5", "8.5"]) {
      assert.ok(chart.includes(text), `${text} is missing`);
    }
  });
});

describe("the no-op provider", () => {
  it("the no-op provider has a loader text of the same form and length as ours", () => {
    const loader = (file: string) =>
      /^const LOADER =\s+"(.*)";$/m.exec(readFileSync(join(ROOT, file), "utf8"))?.[1];
    const [ours, noop] = [loader("provider/program/secret.ts"), loader("test/bench/contenders/noop.ts")];
    assert.equal(noop?.replace("./no-op-module/provider", "pulumi-keycard/provider"), ours);
    assert.equal(noop?.length, ours?.length);
  });
});
