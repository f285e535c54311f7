import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderChart } from "./chart";
import { CHART_FILE, PAGE_FILE, reportIn, renderReport } from "./page";
import { loadResults } from "./results";

const ROOT = resolve(__dirname, "../..");
const results = loadResults();
const STALE = "It differs from the results: run `npm run bench -- --render`.";

describe("what the documents show of the bench", () => {
  it("the documents show the committed results", () => {
    assert.ok(reportIn(readFileSync(PAGE_FILE, "utf8")) === renderReport(results), STALE);
  });

  it("the chart is the one that the results produce, the same each time", () => {
    const chart = readFileSync(CHART_FILE, "utf8");
    for (const time of [1, 2]) assert.ok(renderChart(results) === chart, `${STALE} (time ${time})`);
  });

  it("the chart follows dark mode in every colour, and each of its bars can be seen", () => {
    const chart = renderChart(results);
    const [, rules = "", drawing = ""] = /<style>(.*?)<\/style>(.*)/s.exec(chart) ?? [];
    assert.match(rules, /prefers-color-scheme: dark/);
    const used = [...drawing.matchAll(/(fill|stroke)="(#\w+)"/g)];
    // These are readable on both backgrounds.
    const bars = /#(b4bcc6|b7b9be|3aa675|e0962f)/;
    for (const [pair, property = ""] of used.filter(([pair]) => !bars.test(pair)))
      assert.ok(rules.includes(`[${pair}] { ${property}: #`), `${pair} has no colour for dark mode`);
    const heights = [...drawing.matchAll(/d="M[\d. ]+l[\d.]+ 0l0 -([\d.]+)l/g)].map(([, height]) =>
      Number(height),
    );
    assert.ok(used.length > 100 && heights.length > 50);
    assert.ok(Math.min(...heights) >= 8, `a bar is ${Math.min(...heights)} px high`);
  });

  it("the no-op provider has a loader text of the same form and length as ours", () => {
    const [ours, noop] = ["provider/program/secret.ts", "test/bench/contenders/noop.ts"].map(
      (file) => /^const LOADER =\s+"(.*)";$/m.exec(readFileSync(join(ROOT, file), "utf8"))?.[1],
    );
    assert.equal(noop?.replace("./no-op-module/provider", "pulumi-keycard/provider"), ours);
    assert.equal(noop?.length, ours?.length);
  });
});
