import assert from "node:assert/strict";
import sinon from "sinon";
import { Availability, SeenSecrets } from "../../provider/keycard/availability";
import { type Failure, keycardError } from "../../provider/keycard/http/errors";
import { errorOf } from "./support";

const SLOT = { zoneId: "z1", entityId: "e1", name: "n" };
const NOT_FOUND: Failure = {
  action: "create the secret",
  method: "POST",
  path: "/zones/z1/secrets",
  requestId: "r",
  status: 404,
  outcome: "refused",
  event: "answered 404",
};
const TAKEN: Failure = { ...NOT_FOUND, status: 409, event: "answered 409" };

describe("a wait for what is not available yet", () => {
  let clock: sinon.SinonFakeTimers;
  let seen: SeenSecrets;
  let lines: string[];
  let availability: Availability;
  let missing: string | undefined;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    seen = new SeenSecrets();
    lines = [];
    const pausesMs = [1_000, 2_000, 3_000];
    const zones = { missing: () => Promise.resolve(missing) };
    missing = "its listing answered 404";
    availability = new Availability({ seen, pausesMs, zones, announce: (line) => lines.push(line) });
  });
  afterEach(() => sinon.restore());

  /** Fails until a moment, and records when each request was sent. */
  function requestUntil(ms: number, failure: Failure = NOT_FOUND) {
    const sent: number[] = [];
    const send = () => {
      sent.push(clock.now);
      return clock.now < ms ? Promise.reject(keycardError(failure)) : Promise.resolve("done");
    };
    return { sent, send };
  }

  async function ended<T>(call: Promise<T>): Promise<T> {
    call.catch(() => undefined);
    await clock.runAllAsync();
    return call;
  }

  it("a request is sent again after each pause until it succeeds", async () => {
    const { sent, send } = requestUntil(2_500);
    assert.equal(await ended(availability.waitFor(SLOT, send)), "done");
    assert.deepEqual(sent, [0, 1_000, 3_000]);
  });

  it("nothing waits for a zone that nobody can have created in the run, unless it is visible", async () => {
    availability.noteFixedZone("z1");
    const wrong = requestUntil(2_500);
    await errorOf(ended(availability.waitFor(SLOT, wrong.send)));
    assert.deepEqual([wrong.sent, lines], [[0], []]);
    missing = undefined;
    const lateEntity = requestUntil(2_500);
    assert.equal(await ended(availability.waitFor(SLOT, lateEntity.send)), "done");
    const otherZone = requestUntil(5_000);
    missing = "its listing answered 404";
    assert.equal(await ended(availability.waitFor({ ...SLOT, zoneId: "z2" }, otherZone.send)), "done");
  });

  it("the error after the wait tells the number of requests and the time", async () => {
    const { sent, send } = requestUntil(Infinity);
    const { message, keycard } = await errorOf(ended(availability.waitFor(SLOT, send)));
    assert.deepEqual([sent, keycard.tried], [[0, 1_000, 3_000, 6_000], { attempts: 4, ms: 6_000 }]);
    assert.match(message, /answered 404 \(request r, tried 4 times in 6 s\)/);
  });

  it("the time counts from the first request of the call, not of the run", async () => {
    await clock.tickAsync(500);
    const { send } = requestUntil(Infinity);
    const { keycard } = await errorOf(ended(availability.waitFor(SLOT, send)));
    assert.deepEqual(keycard.tried, { attempts: 4, ms: 6_000 });
  });

  it("the last pause is shortened to the deadline that concurrent requests share", async () => {
    const [first, second] = [requestUntil(Infinity), requestUntil(Infinity)];
    const calls = [availability.waitFor(SLOT, first.send)];
    await clock.tickAsync(2_500);
    calls.push(availability.waitFor({ ...SLOT, entityId: "e2" }, second.send));
    for (const call of calls) call.catch(() => undefined);
    await clock.runAllAsync();
    assert.deepEqual(second.sent, [2_500, 3_500, 5_500, 6_000]);
    assert.equal(lines.length, 1);
  });

  it("the wait does not start again if what is missing turns out to be another thing", async () => {
    const { sent, send } = requestUntil(Infinity);
    setTimeout(() => seen.noteZone("z1"), 2_000);
    await assert.rejects(ended(availability.waitFor(SLOT, send)));
    assert.deepEqual(sent, [0, 1_000, 3_000, 6_000]);
    assert.deepEqual(lines, [
      "Waiting up to 6 s for zone z1 to become available: Keycard answered 404 to POST /zones/z1/secrets.",
      "Waiting up to 6 s for entity e1 of zone z1 to become available: Keycard answered 404 to POST /zones/z1/secrets.",
    ]);
  });

  it("nothing is sent again after a wait of no length", async () => {
    const hasty = new Availability({
      seen,
      pausesMs: [],
      zones: { missing: () => Promise.resolve(undefined) },
      announce: () => undefined,
    });
    const { sent, send } = requestUntil(Infinity);
    await assert.rejects(ended(hasty.waitFor(SLOT, send)), /answered 404/);
    assert.deepEqual(sent, [0]);
  });

  it("the wait ends when the caller has no time left", async () => {
    const { sent, send } = requestUntil(Infinity);
    const begun = clock.now;
    await assert.rejects(ended(availability.waitFor(SLOT, send, () => 1_500 - (clock.now - begun))));
    assert.deepEqual(sent, [0, 1_000, 1_500]);
  });

  it("each zone, entity and name has its own wait", async () => {
    seen.noteZone("z3");
    for (const name of ["n1", "n2"]) seen.noteFreedName("z1", name);
    const waits = [
      availability.waitFor({ ...SLOT, zoneId: "z1" }, requestUntil(1).send),
      availability.waitFor({ ...SLOT, zoneId: "z2" }, requestUntil(1).send),
      availability.waitFor({ ...SLOT, zoneId: "z3" }, requestUntil(1).send),
      availability.waitFor({ ...SLOT, zoneId: "z3", entityId: "e2" }, requestUntil(1).send),
      availability.waitFor({ ...SLOT, name: "n1" }, requestUntil(1, TAKEN).send),
      availability.waitFor({ ...SLOT, name: "n2" }, requestUntil(1, TAKEN).send),
    ];
    await ended(Promise.all(waits));
    assert.deepEqual(
      lines.map((line) => /for (.*):/.exec(line)?.[1]),
      [
        "zone z1 to become available",
        "zone z2 to become available",
        "entity e1 of zone z3 to become available",
        "entity e2 of zone z3 to become available",
        'the name "n1" in zone z1, whose secret was just deleted, to become free',
        'the name "n2" in zone z1, whose secret was just deleted, to become free',
      ],
    );
  });

  const final: Record<string, Failure> = {
    "a 409 for a name that this run has not freed": TAKEN,
    "another rejection for a name that this run has freed": { ...NOT_FOUND, status: 400 },
    "a 409 after an attempt whose result is unknown": { ...TAKEN, outcome: "unknown" },
    "a 404 to another request than a create": { ...NOT_FOUND, method: "PATCH" },
    "a 404 that is not Keycard's": { ...NOT_FOUND, outcome: "unknown" },
  };
  for (const [what, failure] of Object.entries(final)) {
    it(`there is no wait after ${what}`, async () => {
      if (failure !== TAKEN) seen.noteFreedName("z1", "n");
      const { sent, send } = requestUntil(Infinity, failure);
      const { keycard } = await errorOf(ended(availability.waitFor(SLOT, send)));
      assert.deepEqual([keycard, sent, lines], [failure, [0], []]);
    });
  }

  it("an error of another kind is passed on unchanged", async () => {
    const error = new TypeError("a bug");
    const call = availability.waitFor(SLOT, () => Promise.reject(error));
    await assert.rejects(ended(call), (thrown) => thrown === error);
  });
});
