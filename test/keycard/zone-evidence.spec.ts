import assert from "node:assert/strict";
import sinon from "sinon";
import { SeenSecrets, ZoneEvidence } from "../../provider/keycard/availability";
import type { ClientOptions } from "../../provider/keycard/client";
import { type FaultKind, type Keycard, startKeycard } from "../emulator";
import { accountOf, clientOf, errorOf } from "./support";

const LIST = { method: "GET", path: "/zones/z1/secrets" };
const LIMITS = { attemptMs: 500, totalMs: 600 };

describe("the evidence that a zone is visible", () => {
  let keycard: Keycard;
  beforeEach(async () => (keycard = await startKeycard()));
  afterEach(async () => {
    sinon.restore();
    await keycard.close();
  });

  const clientWith = (options: Partial<ClientOptions> = {}) =>
    clientOf(keycard, { pausesMs: [5, 5, 5, 5], ...options });

  it("one listing proves that a zone is visible, for the whole run", async () => {
    const client = clientWith();
    assert.deepEqual(
      [await client.zones.missing("z1"), await client.zones.missing("z1")],
      [undefined, undefined],
    );
    assert.deepEqual(keycard.calls(), [LIST]);
  });

  for (const list of ["forbidden", "method-not-allowed"] as const) {
    it(`a listing that is ${list} proves it without a wait`, async () => {
      keycard.switches.list = list;
      const client = clientWith({ pausesMs: [60_000] });
      assert.equal(await client.zones.missing("z1"), undefined);
      assert.deepEqual(keycard.calls(), [LIST]);
    });
  }

  it("a listing that answers 404 is requested once per zone", async () => {
    keycard.switches.list = "missing";
    const client = clientWith();
    for (let ask = 0; ask < 2; ask++) {
      assert.equal(await client.zones.missing("z1"), "GET /zones/z1/secrets answered 404");
    }
    assert.deepEqual(keycard.calls(), [LIST]);
  });

  it("the reason repeats nothing of the service's message, which may contain a value", async () => {
    const body = { message: "no planted-value", code: "planted-code" };
    keycard.faults.add({ kind: { status: 400, body } });
    assert.equal(await clientWith().zones.missing("z1"), "GET /zones/z1/secrets answered 400");
  });

  const passing: [string, FaultKind, RegExp][] = [
    ["a 400", { status: 400 }, /^GET \/zones\/z1\/secrets answered 400$/],
    ["a lost connection", { drop: "before" }, /^GET \/zones\/z1\/secrets got no answer from .*: ECONNRESET$/],
  ];
  for (const [what, kind, reason] of passing) {
    it(`a listing is requested again after ${what}`, async () => {
      // The longest pauses, so that no attempt begins just before the end and times out.
      sinon.stub(Math, "random").returns(1);
      const client = clientWith({ limits: LIMITS });
      const fault = keycard.faults.add({ kind, times: Infinity });
      assert.match((await client.zones.missing("z1")) ?? "", reason);
      fault.remove();
      assert.equal(await client.zones.missing("z1"), undefined);
    });
  }

  it("a token request that is rejected proves nothing about the zone", async () => {
    keycard.faults.add({ path: /token$/, kind: { status: 403 }, times: Infinity });
    const client = clientWith({ credentials: accountOf(keycard) });
    assert.equal(await client.zones.missing("z1"), "POST /service-account-token answered 403");
    assert.deepEqual(keycard.calls(), []);
  });

  it("a zone ID that is not valid is an error", async () => {
    await assert.rejects(clientWith().zones.missing(""), /^Error: "" is not a valid zone ID/);
  });

  it("the secrets that the listing shows are remembered", async () => {
    const { id } = keycard.put({ zone_id: "z1" });
    const client = clientWith();
    const before = performance.now();
    await client.probeZone("z1");
    assert.equal(client.seen.wasShownSince(id, before), true);
  });

  it("a listing that cannot be read is an error of the probe", async () => {
    keycard.switches.list = "garbage";
    const client = clientWith({ limits: LIMITS });
    assert.match((await errorOf(client.probeZone("z1"))).message, /with an unexpected response body/);
  });
});

describe("a probe of a zone that fails while other calls are pending", () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => (clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })));
  afterEach(() => sinon.restore());

  /** Returns the reason, and how long it took to find it. */
  async function missing(seenAfterMs: number): Promise<[string | undefined, number]> {
    const seen = new SeenSecrets();
    const failure = { method: "GET", path: "/zones/z1/secrets", status: 404, event: "answered 404" };
    const error = Object.assign(new Error("rejected"), { keycard: failure });
    const probeZone = () => Promise.reject(error);
    const evidence = new ZoneEvidence({
      seen,
      pausesMs: [100, 200, 400, 800],
      defaultZone: undefined,
      probeZone,
    });
    setTimeout(() => seen.noteZone("z1"), seenAfterMs);
    const ending = evidence.missing("z1").then((reason): [string | undefined, number] => [reason, clock.now]);
    await clock.tickAsync(5_000);
    return ending;
  }

  it("the zone is visible if another call to it succeeds during the first two pauses", async () => {
    assert.deepEqual(await missing(50), [undefined, 100]);
    assert.deepEqual(await missing(150), [undefined, 5_300]);
  });

  it("the zone is not visible if no call to it has succeeded after the first two pauses", async () => {
    assert.deepEqual(await missing(301), ["GET /zones/z1/secrets answered 404", 300]);
  });
});
