import assert from "node:assert/strict";
import { madeUpResults } from "./made-up-results";
import { addedTo } from "./results";

describe("results that are added to the saved ones", () => {
  it("new results keep the saved ones of other sizes, and have the date of the new run", () => {
    const saved = madeUpResults();
    const kept = addedTo(saved, { ...saved, date: "2026-02-01", client: [], measurements: [] }, [10, 100]);
    assert.deepEqual(new Set(kept.measurements.map(({ secrets }) => secrets)), new Set([1000]));
    assert.deepEqual({ ...kept, measurements: [] }, { ...saved, date: "2026-02-01", measurements: [] });
  });

  it("new results of another machine or other versions are rejected", () => {
    const saved = madeUpResults();
    const others = [
      { ...saved, machine: { ...saved.machine, cores: 16 } },
      { ...saved, versions: { ...saved.versions, cli: "v3.2.0" } },
    ];
    for (const fresh of others) assert.throws(() => addedTo(saved, fresh, [10]), /Leave out --add/);
  });
});
