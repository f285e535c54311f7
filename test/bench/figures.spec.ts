import assert from "node:assert/strict";
import { clientRatio, rowsOf, spread } from "./figures";
import { madeUpResults } from "./made-up-results";

describe("the figures of the bench", () => {
  it("have the middle one, or the mean of two, as median", () => {
    assert.deepEqual(spread([3, 1, 2]), { min: 1, median: 2, max: 3 });
    assert.deepEqual(spread([4, 1, 3, 2]), { min: 1, median: 2.5, max: 4 });
    assert.deepEqual(spread([7]), { min: 7, median: 7, max: 7 });
    assert.throws(() => spread([]), /nothing/);
  });

  it("compare with the same run and operation alone", () => {
    // Every run takes longer for all, so that ratios across runs would differ.
    const results = madeUpResults(({ run, contender, seconds }) => ({
      seconds: seconds * run * (contender === "ours" && run === 3 ? 2 : 1),
    }));
    const [row] = rowsOf(results, ["create"]);
    assert.deepEqual(row?.timesFloor, { min: 1.05, median: 1.05, max: 2.1 });
    assert.deepEqual(row.timesConventional, { min: 0.525, median: 0.525, max: 1.05 });
    assert.deepEqual(row.seconds.ours, { min: 10.5, median: 21, max: 63 });
  });

  it("take the emulator's time off ours alone", () => {
    const [row] = rowsOf(madeUpResults(), ["create"]);
    assert.deepEqual(row?.timesFloorWithoutEmulator, { min: 1, median: 1, max: 1 });
    assert.deepEqual(row.emulatorCpuSeconds, { min: 0.5, median: 0.5, max: 0.5 });
  });

  it("have a row an operation and size", () => {
    const rows = rowsOf(madeUpResults(), ["create", "destroy"]).map((row) => [row.operation, row.secrets]);
    assert.deepEqual(rows, [
      ["create", 10],
      ["create", 1000],
      ["destroy", 10],
      ["destroy", 1000],
    ]);
  });

  it("compare the processor's time apart from the clock's", () => {
    const busy = madeUpResults(({ contender, run }) => (contender === "ours" ? { cpuSeconds: 4 + run } : {}));
    assert.deepEqual(rowsOf(busy, ["create"])[0]?.cpuTimesFloor, { min: 1, median: 1.2, max: 1.4 });
    const unknown = madeUpResults(() => ({ cpuSeconds: null }));
    assert.equal(rowsOf(unknown, ["create"])[0]?.cpuTimesFloor, undefined);
  });

  it("have no memory where one was not measured", () => {
    const results = madeUpResults(({ contender, run }) =>
      contender === "floor" && run === 2 ? { providerPeakBytes: null } : {},
    );
    const [row] = rowsOf(results, ["create"]);
    assert.equal(row?.bytesOverFloor, undefined);
    assert.equal(row?.peakBytes.floor, undefined);
    assert.deepEqual(row?.peakBytes.ours, { min: 130e6, median: 130e6, max: 130e6 });
  });

  it("refuse a run that one contender is missing from", () => {
    const results = madeUpResults();
    results.measurements = results.measurements.filter(
      ({ contender, run }) => contender !== "floor" || run !== 2,
    );
    assert.throws(() => rowsOf(results, ["create"]), /Run 2 of create at 10 has no floor/);
  });

  it("compare the clients pair by pair", () => {
    assert.deepEqual(clientRatio(madeUpResults()), { min: 0.9, median: 0.98, max: 1 });
    assert.equal(clientRatio({ ...madeUpResults(), client: [] }), undefined);
  });
});
