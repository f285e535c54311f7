import * as fc from "fast-check";
import assert from "node:assert/strict";
import { ServerClock } from "../../../provider/keycard/http/time";

/** The clock of a run whose first answer came at a given time. A `Date` header is truncated to whole seconds. */
function clockOf(offsetMs: number, answeredAt: number): ServerClock {
  const clock = new ServerClock();
  const date = Math.floor((answeredAt + offsetMs) / 1000) * 1000;
  clock.note(date, answeredAt, answeredAt);
  return clock;
}

describe("the service's clock", () => {
  it("never dates a moment of an earlier run too late, whatever dates the two runs have seen", () => {
    const moment = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(moment, moment, moment, moment, (offsetMs, begun, answeredFirst, answeredLater) => {
        const since = clockOf(offsetMs, answeredFirst).earliestAt(begun) ?? NaN;
        const seen = clockOf(offsetMs, answeredLater).earliestMomentOf(since) ?? NaN;
        assert.ok(seen <= begun, `${seen} is after ${begun}`);
        assert.ok(seen >= begun - 2_000, `${seen} is long before ${begun}`);
      }),
    );
  });

  it("is followed if it is set back", () => {
    const clock = new ServerClock();
    clock.note(1_000_000, 0, 0);
    clock.note(1_003_000, 5_000, 5_100);
    assert.equal(clock.earliestAt(5_100), 1_003_000 - 250);
  });

  it("is not treated as set back by a slow answer whose date fits", () => {
    const clock = new ServerClock();
    clock.note(1_000_000, 0, 0);
    // It shows 1,001,000 at the time of the request, which a date of whole seconds may report as 1,000,000.
    clock.note(1_000_000, 1_000, 1_500);
    assert.equal(clock.earliestAt(1_500), 1_001_500 - 250);
  });

  it("is known more exactly by an answer that came faster", () => {
    const clock = new ServerClock();
    clock.note(1_000_000, 0, 900);
    clock.note(1_001_000, 1_000, 1_010);
    assert.equal(clock.earliestAt(1_010), 1_001_000 - 250);
  });

  it("is unknown before the first answer", () => {
    assert.equal(new ServerClock().earliestAt(1), undefined);
    assert.equal(new ServerClock().earliestMomentOf(1), undefined);
  });
});
