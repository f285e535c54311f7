import assert from "node:assert/strict";
import sinon from "sinon";
import { SeenSecrets } from "../../../provider/keycard/availability";
import type { KeycardClient } from "../../../provider/keycard/client";
import { CreateStart } from "../../../provider/keycard/find-created";
import { ServerClock } from "../../../provider/keycard/http/time";
import type { Secret } from "../../../provider/keycard/wire";

/** What the service's clock shows when the monotonic clock shows 0. */
const EPOCH = Date.parse("2026-01-01T00:00:00.000Z");
const secretAt = (ms: number) => ({ id: "s1", createdAt: new Date(EPOCH + ms).toISOString() }) as Secret;

describe("the begin of a creation", () => {
  let time: sinon.SinonFakeTimers;
  let clock: ServerClock;
  let seen: SeenSecrets;
  beforeEach(() => {
    time = sinon.useFakeTimers({ toFake: ["performance"] });
    time.tick(10_000);
    clock = new ServerClock();
    seen = new SeenSecrets();
  });
  afterEach(() => sinon.restore());

  const begin = (earlierSince?: number) => new CreateStart({ clock, seen } as KeycardClient, earlierSince);
  const learnTime = () => clock.note(EPOCH + time.now, time.now, time.now);
  /** Shows that the clock of the times in answers is so far ahead of that of the `Date` header. */
  const learnCreationClock = (aheadMs: number) => seen.noteMade(secretAt(time.now + aheadMs), time.now);

  describe("its time by the service's clock", () => {
    it("the time is known after the first answer, even if that comes later", () => {
      const begun = begin();
      assert.equal(begun.since, undefined);
      time.tick(5_000);
      learnTime();
      assert.equal(begun.since, EPOCH + 10_000 - 250);
    });

    it("the time of an earlier run is the one that it has stored", () => {
      learnTime();
      assert.equal(begin(EPOCH).since, EPOCH);
      assert.equal(begin(NaN).since, undefined);
    });
  });

  describe("its age", () => {
    it("a creation of this run is recent for as long as asked", () => {
      const begun = begin();
      time.tick(99);
      assert.equal(begun.isRecent(100), true);
      time.tick(1);
      assert.equal(begun.isRecent(100), false);
    });

    it("a creation of an earlier run is recent by the service's clock", () => {
      learnTime();
      assert.equal(begin(EPOCH + 9_000).isRecent(5_000), true);
      assert.equal(begin(EPOCH).isRecent(5_000), false);
    });

    it("a creation whose time is not known is treated as recent", () => {
      assert.equal(begin(EPOCH).isRecent(1), true, "no answer yet");
      learnTime();
      assert.equal(begin(NaN).isRecent(1), true, "no time stored");
    });
  });

  describe("a secret that an answer has shown", () => {
    it("a secret that was shown before is another one", () => {
      seen.noteShown([{ id: "s1" }]);
      time.tick(1);
      const begun = begin();
      time.tick(1);
      seen.noteShown([{ id: "s1" }, { id: "s2" }]);
      assert.deepEqual([begun.wasShownBefore("s1"), begun.wasShownBefore("s2")], [true, false]);
    });

    it("nothing is certain if the time of an earlier run is not known", () => {
      seen.noteShown([{ id: "s1" }]);
      time.tick(1);
      learnTime();
      assert.equal(begin(NaN).wasShownBefore("s1"), false);
    });
  });

  describe("the time of a secret", () => {
    const AGES = [
      [0, "since"],
      [-250, "since"],
      [-251, "unclear"],
      [-60_000, "unclear"],
      [-60_001, "before"],
    ] as const;

    it("the time of a secret is compared with the service's clock", () => {
      learnTime();
      const begun = begin();
      for (const [ms, age] of AGES) assert.equal(begun.ageOf(secretAt(10_000 - 250 + ms)), age, String(ms));
    });

    it("the time of a secret is compared with the clock that sets these times, if that is known", () => {
      learnTime();
      learnCreationClock(-20_000);
      const begun = begin();
      for (const [ms, age] of AGES) assert.equal(begun.ageOf(secretAt(-10_000 + ms)), age, String(ms));
    });

    it("the service's clock decides if it is not known when an earlier run began by ours", () => {
      learnCreationClock(-20_000);
      assert.equal(begin(EPOCH).ageOf(secretAt(0)), "since");
      assert.equal(begin(EPOCH).ageOf(secretAt(-60_001)), "before");
    });

    it("the age of a secret is unclear if its time is unreadable, or if the begin is not known", () => {
      learnTime();
      assert.equal(begin().ageOf({ ...secretAt(0), createdAt: "soon" }), "unclear");
      assert.equal(begin(NaN).ageOf(secretAt(1_000_000)), "unclear");
      learnCreationClock(0);
      assert.equal(begin(NaN).ageOf(secretAt(1_000_000)), "unclear");
    });
  });
});
