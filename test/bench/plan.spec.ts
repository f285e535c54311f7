import assert from "node:assert/strict";
import { CONTENDERS } from "./build-contenders";
import { OPERATIONS } from "./operations";
import { planOf, type Round, type Wanted } from "./plan";

const WANTED: Wanted = { sizes: [10], runs: 1, contenders: CONTENDERS, operations: OPERATIONS };

const namesOf = ({ steps }: Round) =>
  steps.map(
    ({ contender, operation, measured }) => `${operation} ${contender}${measured ? "" : ", unmeasured"}`,
  );

describe("the plan of the bench", () => {
  it("has three times as many runs of the small sizes", () => {
    const rounds = planOf({ ...WANTED, sizes: [10, 100, 1000], runs: 2 });
    assert.deepEqual(
      [10, 100, 1000].map((size) => rounds.filter(({ secrets }) => secrets === size).map(({ run }) => run)),
      [
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4, 5, 6],
        [1, 2],
      ],
    );
  });

  it("lets the contenders take turns in each operation, with another one first each time", () => {
    const [one, two] = planOf({ ...WANTED, operations: ["create", "unchanged"] });
    assert.deepEqual(one && namesOf(one), [
      "create noop",
      "create ours",
      "create native",
      "create conventional",
      "unchanged ours",
      "unchanged native",
      "unchanged conventional",
      "unchanged noop",
    ]);
    assert.equal(two && namesOf(two)[0], "create ours");
  });

  it("lets the conventional provider only create a large stack, and only once", () => {
    const [large, again] = planOf({ ...WANTED, sizes: [1000], runs: 2 });
    assert.ok(large && again);
    const steps = namesOf(large).filter((name) => name.endsWith("conventional"));
    assert.deepEqual(steps, ["create conventional"]);
    assert.equal(namesOf(large).length, 3 * OPERATIONS.length + 1);
    assert.equal(namesOf(again).length, 3 * OPERATIONS.length);
  });

  it("creates a stack unmeasured if another operation is wanted", () => {
    const [round] = planOf({ ...WANTED, contenders: ["native", "ours"], operations: ["preview"] });
    assert.deepEqual(round && namesOf(round), [
      "create ours, unmeasured",
      "create native, unmeasured",
      "preview ours",
      "preview native",
    ]);
    const [large] = planOf({
      ...WANTED,
      sizes: [1000],
      contenders: ["conventional"],
      operations: ["preview"],
    });
    assert.deepEqual(large?.steps, []);
  });
});
