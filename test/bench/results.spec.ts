import assert from "node:assert/strict";
import { madeUpResults } from "./made-up-results";
import { addedTo, type Measurement } from "./results";

describe("results that are added to the saved ones", () => {
  const date = "2026-02-01";

  it("new results keep the saved ones of other sizes and operations, and have the date of the new run", () => {
    const saved = madeUpResults();
    const again = { sizes: [10, 100], operations: ["create", "update"] as const };
    const kept = addedTo(saved, { ...saved, date, client: [], measurements: [] }, again);
    const isAgain = ({ secrets, operation }: Measurement) =>
      secrets < 1000 && ["create", "update"].includes(operation);
    assert.deepEqual(
      kept.measurements,
      saved.measurements.filter((measured) => !isAgain(measured)),
    );
    assert.ok(saved.measurements.some(isAgain));
    assert.deepEqual({ ...kept, measurements: [] }, { ...saved, date, measurements: [] });
  });

  it("new results of another machine or other versions are rejected", () => {
    const saved = madeUpResults();
    const others = [
      { ...saved, machine: { ...saved.machine, cores: 16 } },
      { ...saved, versions: { ...saved.versions, cli: "v3.2.0" } },
    ];
    for (const fresh of others)
      assert.throws(() => addedTo(saved, fresh, { sizes: [10], operations: ["create"] }), /Leave out --add/);
  });
});
