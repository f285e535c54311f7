import assert from "node:assert/strict";
import {
  clientRatio,
  cpuSeconds,
  differenceOf,
  emulatorSeconds,
  overEmpty,
  peakBytes,
  ratioOf,
  requestsOf,
  rowsOf,
  seconds,
  secondsLessEmulator,
  spread,
  spreadOf,
  type Row,
} from "./figures";
import { madeUpResults, type Change } from "./made-up-results";
import type { Results } from "./results";

function createOf(results: Results): Row {
  const [row] = rowsOf(results, ["create"]);
  assert.ok(row);
  return row;
}

const without =
  (contender: string, run?: number) =>
  (results: Results): Results => ({
    ...results,
    measurements: results.measurements.filter(
      (one) => one.contender !== contender || (run !== undefined && one.run !== run),
    ),
  });

describe("the figures of the bench", () => {
  it("the median is the middle figure, or the mean of the middle two", () => {
    assert.deepEqual(spread([3, 1, 2]), { min: 1, median: 2, max: 3 });
    assert.deepEqual(spread([4, 1, 3, 2]), { min: 1, median: 2.5, max: 4 });
    assert.deepEqual(spread([7]), { min: 7, median: 7, max: 7 });
    assert.throws(() => spread([]), /There are no figures/);
  });

  it("a comparison uses only the same run and operation", () => {
    // Every run takes longer for all, so that ratios across runs would differ.
    const row = createOf(
      madeUpResults(({ run, contender, seconds }) => ({
        seconds: seconds * run * (contender === "ours" && run === 3 ? 2 : 1),
      })),
    );
    assert.deepEqual(ratioOf(row, "ours", "noop", seconds), { min: 1.05, median: 1.05, max: 2.1 });
    assert.deepEqual(ratioOf(row, "ours", "conventional", seconds), { min: 0.525, median: 0.525, max: 1.05 });
    assert.deepEqual(ratioOf(row, "native", "noop", seconds), { min: 0.85, median: 0.85, max: 0.85 });
    assert.deepEqual(spreadOf(row, "ours", seconds), { min: 10.5, median: 21, max: 63 });
  });

  it("the emulator's time is subtracted from contenders that use one", () => {
    const row = createOf(madeUpResults());
    assert.deepEqual(ratioOf(row, "ours", "noop", secondsLessEmulator), { min: 1, median: 1, max: 1 });
    assert.deepEqual(spreadOf(row, "ours", emulatorSeconds), { min: 0.5, median: 0.5, max: 0.5 });
    assert.equal(spreadOf(row, "noop", emulatorSeconds), undefined);
  });

  it("there is a row for each operation and size", () => {
    const rows = rowsOf(madeUpResults(), ["create", "destroy"]).map((row) => [row.operation, row.secrets]);
    assert.deepEqual(rows, [
      ["create", 10],
      ["create", 1000],
      ["destroy", 10],
      ["destroy", 1000],
    ]);
  });

  it("processor time and elapsed time are compared separately", () => {
    const change: Change = ({ contender, run }) => (contender === "ours" ? { cpuSeconds: 4 + run } : {});
    const busy = ratioOf(createOf(madeUpResults(change)), "ours", "noop", cpuSeconds);
    assert.deepEqual(busy, { min: 1, median: 1.2, max: 1.4 });
    const unknown = createOf(madeUpResults(() => ({ cpuSeconds: null })));
    assert.equal(ratioOf(unknown, "ours", "noop", cpuSeconds), undefined);
  });

  it("there is no figure for memory if one run has none", () => {
    const row = createOf(
      madeUpResults(({ contender, run }) =>
        contender === "noop" && run === 2 ? { providerPeakBytes: null } : {},
      ),
    );
    assert.equal(differenceOf(row, "ours", "noop", peakBytes), undefined);
    assert.equal(spreadOf(row, "noop", peakBytes), undefined);
    assert.deepEqual(spreadOf(row, "ours", peakBytes), { min: 130e6, median: 130e6, max: 130e6 });
  });

  it("only runs that both contenders took part in are compared", () => {
    const slow = madeUpResults(({ run, contender }) =>
      run === 2 && contender === "ours" ? { seconds: 99 } : {},
    );
    const ratio = ratioOf(createOf(without("noop", 2)(slow)), "ours", "noop", seconds);
    assert.equal(ratio?.max, 1.05);
  });

  it("a contender that was not measured is not compared", () => {
    const row = createOf(without("conventional")(madeUpResults()));
    assert.equal(ratioOf(row, "ours", "conventional", seconds), undefined);
    assert.equal(ratioOf(row, "conventional", "ours", seconds), undefined);
    assert.deepEqual(requestsOf(row, "conventional"), []);
  });

  it("one secret is compared with the empty program of the same turn", () => {
    const one = [
      { empty: 1, ours: 1.5, native: 1.125 },
      { empty: 2, ours: 2.25, native: 2.25 },
    ];
    const results = { ...madeUpResults(), one };
    assert.deepEqual(overEmpty(results, "ours"), { min: 0.25, median: 0.375, max: 0.5 });
    assert.deepEqual(overEmpty(results, "native"), { min: 0.125, median: 0.1875, max: 0.25 });
    assert.equal(overEmpty({ ...results, one: [] }, "native"), undefined);
  });

  it("the clients are compared pair by pair", () => {
    assert.deepEqual(clientRatio(madeUpResults()), { min: 0.9, median: 0.98, max: 1 });
    assert.equal(clientRatio({ ...madeUpResults(), client: [] }), undefined);
  });
});
