import assert from "node:assert/strict";
import { PAUSES_MS, SeenSecrets, lengthOf, lookAgain } from "../../provider/keycard/availability";
import { interruptible } from "../../provider/keycard/http/time";

describe("what answers have shown in a run", () => {
  let seen: SeenSecrets;
  beforeEach(() => (seen = new SeenSecrets()));

  it("is the zones that answered", () => {
    seen.noteZone("z1");
    assert.deepEqual([seen.hasSeenZone("z1"), seen.hasSeenZone("z2")], [true, false]);
  });

  it("is the secrets that were shown, with the first and the last moment", () => {
    const before = performance.now();
    assert.equal(seen.wasShownBefore("s1", Infinity), false);
    assert.equal(seen.wasShownSince("s1", 0), false);
    seen.noteShown([{ id: "s1" }, { id: "s2" }]);
    const between = performance.now();
    assert.equal(seen.wasShownBefore("s1", before), false);
    assert.equal(seen.wasShownSince("s1", before), true);
    assert.equal(seen.wasShownSince("s2", between + 1), false);
    while (performance.now() <= between + 1);
    seen.noteShown([{ id: "s1" }]);
    assert.equal(seen.wasShownBefore("s1", between + 1), true, "the first moment stays");
    assert.equal(seen.wasShownSince("s1", between + 1), true, "the last moment moves on");
    assert.equal(seen.wasShownSince("s2", between + 1), false);
  });

  it("is the secrets that were created", () => {
    const createdAt = "2026-01-01T00:00:00.000Z";
    seen.noteMade({ id: "s1", createdAt }, performance.now());
    assert.deepEqual([seen.hasMade("s1"), seen.hasMade("s2")], [true, false]);
    assert.ok((seen.creationClock.latestMoment(createdAt) ?? 0) > 0);
  });

  it("is the names that were freed, by zone", () => {
    seen.noteFreedName("z1", "github");
    assert.equal(seen.hasFreedName("z1", "github"), true);
    assert.equal(seen.hasFreedName("z2", "github"), false);
    assert.equal(seen.hasFreedName("z1", "gitlab"), false);
  });
});

describe("a look for what may appear late", () => {
  it("is repeated after each pause until something is found", async () => {
    let looks = 0;
    assert.equal(await lookAgain([1, 1, 1], () => (++looks === 2 ? "found" : undefined)), "found");
    assert.equal(looks, 2);
    assert.equal(await lookAgain([1, 1, 1], () => void looks++), undefined);
    assert.equal(looks, 5);
    assert.equal(await lookAgain([], () => "found"), undefined);
  });

  it("ends with an interruption", async () => {
    let looks = 0;
    const controller = new AbortController();
    const look = () => {
      looks++;
      controller.abort({ event: "", remedy: "" });
      return undefined;
    };
    assert.equal(await interruptible(controller.signal, () => lookAgain([1, 1, 1], look)), undefined);
    assert.equal(looks, 1);
  });

  it("goes on for about half a minute by default", () => {
    assert.equal(lengthOf([1, 2, 3]), 6);
    assert.equal(lengthOf(PAUSES_MS), 30_000);
  });
});
