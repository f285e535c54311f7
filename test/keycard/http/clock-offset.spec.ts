import assert from "node:assert/strict";
import { ClockOffset } from "../../../provider/keycard/availability";
import { latestOf } from "../../../provider/keycard/http/time";

const timeOf = (ms: number) => new Date(ms).toISOString();
const BASE = Date.parse("2026-01-01T00:00:00.000Z");

describe("the clock behind the times in answers", () => {
  let offset: ClockOffset;
  beforeEach(() => (offset = new ClockOffset()));

  it("is not known before something was created, nor by what is no time", () => {
    assert.equal(offset.latestMoment(timeOf(BASE)), undefined);
    offset.note("not a time", 0, 100);
    assert.equal(offset.latestMoment(timeOf(BASE)), undefined);
  });

  it("is ahead by what lies between a request and its answer", () => {
    offset.note(timeOf(BASE + 1_000), 100, 400);
    // The secret was created no later than the time of the answer, 400.
    assert.equal(offset.latestMoment(timeOf(BASE + 1_000)), 400);
    assert.equal(offset.latestMoment(timeOf(BASE + 1_500)), 900);
  });

  it("is known more exactly by each answer", () => {
    offset.note(timeOf(BASE), 0, 1_000);
    offset.note(timeOf(BASE + 2_000), 2_000, 2_010);
    assert.equal(offset.latestMoment(timeOf(BASE + 2_000)), 2_010);
    offset.note(timeOf(BASE + 3_000), 2_500, 3_500);
    assert.equal(offset.latestMoment(timeOf(BASE + 3_000)), 3_010, "no less exactly by a slow one");
  });

  it("may be any of several, if the answers do not fit one", () => {
    for (const [first, second] of [
      [0, 60_000],
      [60_000, 0],
    ] as const) {
      offset = new ClockOffset();
      offset.note(timeOf(BASE + first), 0, 10);
      offset.note(timeOf(BASE + second), 0, 10);
      assert.equal(offset.latestMoment(timeOf(BASE + 60_000)), 60_010);
      // Until an answer falls between the two.
      offset.note(timeOf(BASE + 30_000), 0, 10);
      assert.equal(offset.latestMoment(timeOf(BASE + 60_000)), 30_010);
    }
  });
});

describe("a time of the service", () => {
  it("may have been cut to whole seconds", () => {
    assert.equal(latestOf("2026-01-01T00:00:00Z"), BASE + 999);
    assert.equal(latestOf("2026-01-01T00:00:00.000Z"), BASE);
    assert.ok(Number.isNaN(latestOf("soon")));
  });
});
