import assert from "node:assert/strict";
import { type CallOptions, keycardError, type Failure } from "../../provider/keycard/http/errors";
import type { SecretFilter, Secret, SecretRows } from "../../provider/keycard/wire";
import { interruptible } from "../../provider/keycard/http/time";
import { cannotBeHad, SharedListings } from "../../provider/keycard/listings";

const FAILURE: Failure = {
  action: "list the secrets",
  method: "GET",
  path: "/zones/z1/secrets",
  requestId: "r1",
  status: 403,
  outcome: "refused",
  event: "answered 403",
};
const ROWS: SecretRows = { secrets: [{ id: "s1" } as Secret], others: [] };

describe("a listing that many reads share", () => {
  let asked: { zoneId: string; filter: SecretFilter; options: CallOptions }[];
  let answer: () => Promise<SecretRows>;
  let listings: SharedListings;

  beforeEach(() => {
    asked = [];
    answer = () => Promise.resolve(ROWS);
    listings = new SharedListings({
      listRows: (zoneId, filter, options) => {
        asked.push({ zoneId, filter, options });
        return answer();
      },
    });
  });

  const idIn = async (listing: ReturnType<SharedListings["of"]>) => (await listing).get("s1")?.id;

  it("is asked for once for each entity and each zone", async () => {
    for (let read = 0; read < 2; read++) {
      for (const [zoneId, entityId] of [["z1"], ["z1", "e1"], ["z1", "e2"], ["z2", "e1"]] as const) {
        assert.equal(await idIn(listings.of(zoneId, entityId)), "s1");
      }
    }
    assert.deepEqual(
      asked.map(({ zoneId, filter }) => [zoneId, filter]),
      [
        ["z1", {}],
        ["z1", { entityId: "e1" }],
        ["z1", { entityId: "e2" }],
        ["z2", { entityId: "e1" }],
      ],
    );
  });

  it("is asked for again after a write", async () => {
    await listings.of("z1");
    listings.drop();
    await listings.of("z1");
    assert.equal(asked.length, 2);
  });

  it("is asked for again by a look that needs a later one", async () => {
    const before = performance.now();
    await listings.of("z1", undefined, {}, before);
    await listings.of("z1", undefined, {}, before);
    assert.equal(asked.length, 1);
    await listings.of("z1", undefined, {}, performance.now() + 1);
    assert.equal(asked.length, 2);
  });

  it("is refused to all that ask, if it cannot be had", async () => {
    answer = () => Promise.reject(keycardError(FAILURE));
    await assert.rejects(listings.of("z1"), /answered 403/);
    await assert.rejects(listings.of("z1"), /answered 403/);
    assert.equal(asked.length, 1);
  });

  it("is asked for again after a failure that may pass", async () => {
    answer = () => Promise.reject(keycardError({ ...FAILURE, status: 503 }));
    await assert.rejects(listings.of("z1"), /answered 403/);
    answer = () => Promise.resolve(ROWS);
    assert.equal(await idIn(listings.of("z1")), "s1");
  });

  it("is not forgotten if it was asked for anew before the first one failed", async () => {
    let fail: (error: Error) => void = assert.fail;
    answer = () => new Promise((_resolve, reject) => (fail = reject));
    const first = listings.of("z1");
    listings.drop();
    answer = () => Promise.resolve(ROWS);
    const second = listings.of("z1");
    fail(new Error("too late"));
    await assert.rejects(first, /too late/);
    await second;
    await listings.of("z1");
    assert.equal(asked.length, 2);
  });

  it("fails with its own error, even if a write has dropped it in the meantime", async () => {
    let fail: (error: Error) => void = assert.fail;
    answer = () => new Promise((_resolve, reject) => (fail = reject));
    const first = listings.of("z1");
    listings.drop();
    fail(new Error("too late"));
    await assert.rejects(first, /^Error: too late$/);
  });

  it("is given up after two attempts if single reads are the better way", async () => {
    await listings.of("z1", undefined, { totalMs: 5 });
    const { givesUp, totalMs } = asked[0]?.options ?? {};
    assert.equal(totalMs, 5);
    assert.deepEqual(
      [1, 2, 3].map((attempt) => givesUp?.(FAILURE, attempt)),
      [false, true, true],
    );
    assert.equal(givesUp?.({ ...FAILURE, status: 503 }, 9), false);
  });

  it("ends for the one whose call is cancelled, and goes on for the others", async () => {
    let finish: (rows: SecretRows) => void = () => assert.fail();
    answer = () => new Promise((resolve) => (finish = resolve));
    const controller = new AbortController();
    const cancelled = interruptible(controller.signal, () => listings.of("z1"));
    const other = listings.of("z1");
    controller.abort({ event: "was cancelled", remedy: "Run it again." });
    await assert.rejects(
      cancelled,
      /^Error: Could not list the secrets: the call was cancelled\. Run it again\.$/,
    );
    finish(ROWS);
    assert.equal(await idIn(other), "s1");
  });
});

describe("a listing that cannot be had", () => {
  it("is one that was refused or that nobody can read", () => {
    for (const status of [200, 400, 403, 404, 405, 500]) {
      assert.equal(cannotBeHad(keycardError({ ...FAILURE, status })), true, String(status));
    }
  });

  it("is not one that may be had in another attempt, or that was never asked for", () => {
    for (const status of [0, 401, 408, 425, 429, 502, 503, 504]) {
      assert.equal(cannotBeHad(keycardError({ ...FAILURE, status })), false, String(status));
    }
    assert.equal(cannotBeHad(keycardError({ ...FAILURE, outcome: "unreached" })), false);
    assert.equal(cannotBeHad(new Error("planted")), false);
  });
});
