import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { madeUpResults } from "./made-up-results";
import { CHART_FILE, REPORT_FILE, reportIn } from "./render";
import { renderChart } from "./render-chart";
import { renderReport } from "./render-report";
import { loadResults } from "./results";

const ROOT = resolve(__dirname, "../..");
const STALE = "It is not what the results say: run `npm run bench -- --render`.";

describe("what the documents show of the bench", () => {
  it("is what the committed results say", () => {
    assert.ok(reportIn(readFileSync(REPORT_FILE, "utf8")) === renderReport(loadResults()), STALE);
  });

  it("has the chart that is drawn of them, each time alike", () => {
    const chart = readFileSync(CHART_FILE, "utf8");
    for (const time of [1, 2]) assert.ok(renderChart(loadResults()) === chart, `${STALE} (time ${time})`);
  });

  it("has a row an operation and size, and the machine's size", () => {
    const report = renderReport(madeUpResults());
    assert.match(report, /^Measured on 2026-01-31 in 3 runs, on 2 cores with 8 GB \(linux x64\)/m);
    assert.match(
      report,
      /^\| create \| 1,000 \| 10\.5 \| 1\.05 \/ 1\.05 \/ 1\.05 \| 1\.00 \| 1\.05 \| 0\.53 \/ 0\.53 \/ 0\.53 \| 1,001 \| 1,001 \| 30 \| 0\.50 \|$/m,
    );
    assert.match(report, /^- met: at most 2,500 bytes of state a secret \(2,000 at 10\)$/m);
  });

  it("tells how many runs each size had where they differ", () => {
    const results = madeUpResults();
    results.measurements = results.measurements.filter(({ secrets, run }) => secrets === 10 || run === 1);
    assert.match(
      renderReport(results),
      /^Measured on 2026-01-31 in 3 runs at 10, 1 run at 1,000, on 2 cores/m,
    );
  });

  it("says so where the system does not tell something", () => {
    const report = renderReport(madeUpResults(() => ({ providerPeakBytes: null, cpuSeconds: null })));
    assert.match(report, /^\| create \| 10 \|.* 1\.00 \| not measured \| .*\| not measured \| 0\.50 \|$/m);
    assert.match(report, /ours not measured, floor not measured, conventional not measured/);
  });
});

describe("the chart of the bench", () => {
  it("shows every contender, operation and size", () => {
    const chart = renderChart(madeUpResults());
    for (const text of ["pulumi-keycard", "unchanged", "refresh", "1,000 secrets", "10.5"]) {
      assert.ok(chart.includes(text), `${text} is missing`);
    }
  });
});

describe("the contender that does nothing", () => {
  it("is loaded by a text of the same form and length as ours", () => {
    const loader = (file: string) =>
      /^const LOADER =\s+"(.*)";$/m.exec(readFileSync(join(ROOT, file), "utf8"))?.[1];
    const [ours, floor] = [loader("provider/program/secret.ts"), loader("test/bench/contenders/floor.ts")];
    assert.equal(floor?.replace("./floor-module/provider", "pulumi-keycard/provider"), ours);
    assert.equal(floor?.length, ours?.length);
  });
});
