import assert from "node:assert/strict";
import { KeycardClient } from "../../../provider/keycard/client";
import { Creations } from "../../../provider/keycard/create-once";
import { failureOf } from "../../../provider/keycard/http/errors";
import type { NewSecret, Secret } from "../../../provider/keycard/wire";
import { type FaultOptions, type Keycard, type KeycardOptions, startKeycard } from "../../emulator";

const ADVICE = { takeOver: "set `adoptId` to its id", startAfresh: "take it out of the state" };
const PATH = "/zones/zone_1/secrets";

describe("a creation whose answer is lost", () => {
  const secret: NewSecret = {
    entityId: "ent_1",
    name: "deploy",
    description: "For deployments",
    metadata: { team: "release", tags: ["a", { b: null }] },
    data: { type: "token", token: "planted-token" },
  };
  const planted = { ...snake(secret), name: secret.name };
  const lost: FaultOptions = { method: "POST", kind: { drop: "after" } };
  const notDone: FaultOptions = { method: "POST", kind: { drop: "before" } };
  let keycard: Keycard;
  let claimed: Set<string>;
  let notes: string[];

  afterEach(() => keycard.close());

  async function open(
    options: KeycardOptions = {},
    { totalMs = 15_000, pausesMs = [10, 10, 20], readyToken = false } = {},
  ) {
    keycard = await startKeycard({ ids: "sequential", ...options });
    const { accessToken, clientId, clientSecret } = keycard;
    const credentials = {
      source: "the test",
      ...(readyToken ? { accessToken } : { clientId, clientSecret }),
    };
    const client = new KeycardClient({
      endpoint: keycard.url,
      credentials,
      limits: { attemptMs: 500, totalMs },
      userAgent: "test/1",
      concurrency: 8,
      note: (line) => notes.push(line),
      pausesMs,
    });
    claimed = new Set();
    notes = [];
    return new Creations(client, claimed, ADVICE);
  }

  const posts = () => keycard.calls().filter(({ method }) => method === "POST").length;
  const ids = () => keycard.secrets().map(({ id }) => id);

  async function failed(promise: Promise<Secret>) {
    const error: unknown = await promise.then(
      () => assert.fail("it should have failed"),
      (error: unknown) => error,
    );
    const failure = failureOf(error);
    assert.ok(failure, String(error));
    assert.ok(!(error as Error).stack?.includes("planted-"), "a value is shown");
    return { failure, message: (error as Error).message };
  }

  for (const list of ["array", "items"] as const) {
    it(`a lost create is found in a listing as ${list}`, async () => {
      const creations = await open({ switches: { list, pageSize: 2 } });
      for (let i = 0; i < 5; i++) keycard.put({ name: `other ${i}` });
      keycard.faults.add(lost);
      const { id, version } = await creations.create("zone_1", secret);
      assert.deepEqual([id, version, posts()], ["sec_6", 1, 1]);
      assert.ok(claimed.has(id));
    });
  }

  for (const hours of [-30, 30]) {
    it(`a lost create is recognized by a clock that is ${hours} hours off`, async () => {
      const creations = await open({ clockOffsetMs: hours * 3_600_000 });
      keycard.faults.add(lost);
      assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
      keycard.put({
        ...planted,
        id: "old",
        created_at: new Date(Date.now() + hours * 3_600_000 - 5000).toISOString(),
      });
      keycard.remove("sec_1");
      keycard.faults.add(notDone);
      assert.equal((await creations.create("zone_1", secret)).id, "sec_2");
    });
  }

  it("a lost create is recognized by the date of the listing if nothing was answered before", async () => {
    const creations = await open({}, { readyToken: true });
    keycard.put({ ...planted, id: "old", created_at: new Date(Date.now() - 5000).toISOString() });
    keycard.faults.add(lost);
    assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
  });

  it("a lost create is sent again with the same request id if it was not done", async () => {
    const creations = await open();
    keycard.faults.add(notDone);
    const { id } = await creations.create("zone_1", secret);
    const sent = keycard.requests.filter(({ method }) => method === "POST");
    assert.deepEqual([id, ids(), sent.length], ["sec_1", ["sec_1"], 2]);
    assert.equal(sent[0]?.requestId, sent[1]?.requestId);
  });

  it("the secret is searched for after a 303, which points to what was done", async () => {
    const creations = await open();
    const kind = { status: 303, when: "after", headers: { location: `${keycard.url}/elsewhere` } } as const;
    keycard.faults.add({ method: "POST", kind });
    assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
    assert.equal(posts(), 1);
  });

  it("an identical secret that existed before is never used for a lost create", async () => {
    const creations = await open();
    keycard.put({ ...planted, id: "identical", created_at: new Date(Date.now() - 2000).toISOString() });
    keycard.faults.add(notDone);
    assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
    assert.deepEqual(ids(), ["identical", "sec_1"]);
  });

  const others: Record<string, object> = {
    name: { name: "other" },
    entity: { entity_id: "ent_2" },
    zone: { zone_id: "zone_2" },
    description: { description: "Other" },
    metadata: { metadata: { team: "release" } },
    type: { data: { type: "password", username: "u", password: "planted-token" } },
    value: { data: { type: "token", token: "planted-other" } },
  };
  for (const [what, difference] of Object.entries(others)) {
    it(`a new secret with another ${what} is not used for a lost create`, async () => {
      const creations = await open();
      keycard.put({
        ...planted,
        ...difference,
        id: "other",
        created_at: new Date(Date.now() + 500).toISOString(),
      });
      keycard.faults.add(notDone);
      assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
    });
  }

  it("a secret that this run manages is not used for a lost create", async () => {
    const creations = await open();
    keycard.put({ ...planted, id: "managed", created_at: new Date(Date.now() + 500).toISOString() });
    claimed.add("managed");
    keycard.faults.add(notDone);
    assert.equal((await creations.create("zone_1", secret)).id, "sec_1");
  });

  it("each of several identical creates gets its own secret", async () => {
    const creations = await open();
    keycard.faults.add({ ...lost, times: 3 });
    const made = await Promise.all([1, 2, 3, 4].map(() => creations.create("zone_1", secret)));
    assert.deepEqual(made.map(({ id }) => id).sort(), ids().sort());
    assert.equal(ids().length, 4);
  });

  it("the error lists the ids if several secrets may be the lost one", async () => {
    const creations = await open();
    keycard.put({ ...planted, id: "identical", created_at: new Date(Date.now() + 500).toISOString() });
    keycard.faults.add(lost);
    const { failure, message } = await failed(creations.create("zone_1", secret));
    assert.equal(failure.outcome, "unknown");
    assert.match(
      message,
      /2 secrets that may be this one: identical, sec_1\. Delete .* set `adoptId` to its id/,
    );
  });

  for (const list of ["forbidden", "missing", "method-not-allowed", "garbage"] as const) {
    it(`a lost create is not guessed if the listing is ${list}`, async () => {
      const creations = await open({ switches: { list } }, { totalMs: 3000 });
      keycard.faults.add(lost);
      const { failure, message } = await failed(creations.create("zone_1", secret));
      assert.deepEqual([failure.outcome, posts(), typeof failure.since], ["unknown", 1, "number"]);
      assert.match(message, /Could not confirm whether the secret was created: GET .* answered \d+/);
      assert.match(message, /Look for "deploy" of entity ent_1 in Keycard: if .* set `adoptId` to its id/);
    });
  }

  it("an error of the search for a lost create shows no value", async () => {
    const creations = await open();
    keycard.faults.add(lost);
    const body = { message: `no planted-token in ${Buffer.from("planted-token").toString("hex")}` };
    keycard.faults.add({ method: "GET", kind: { status: 403, body } });
    const { message } = await failed(creations.create("zone_1", secret));
    assert.match(message, /GET \S+ answered 403, saying "no \[redacted\] in \[redacted\]"/);
  });

  it("a lost create is not guessed if values must not be read", async () => {
    const creations = await open({ switches: { readValues: "forbidden" } });
    keycard.faults.add(lost);
    const { failure, message } = await failed(creations.create("zone_1", secret));
    assert.deepEqual([failure.outcome, posts()], ["unknown", 1]);
    assert.match(
      message,
      new RegExp(`Could not confirm whether the secret was created: GET ${PATH}/sec_1 answered 403`),
    );
  });

  it("a secret is known not to exist if every POST failed without doing its work", async () => {
    // The last search needs time on a busy machine, too.
    const creations = await open({}, { totalMs: 3_000, pausesMs: [100, 100, 200] });
    keycard.faults.add({ method: "POST", kind: { status: 500 }, times: Infinity });
    const { failure, message } = await failed(creations.create("zone_1", secret));
    assert.equal(failure.outcome, "refused");
    assert.match(message, /answered 500.*tried \d+ times in .* s\)\. Keycard has no such secret/);
  });

  it("a lost create of an earlier run is found, or sent if it does not exist", async () => {
    const creations = await open();
    const since = Date.now() - 1000;
    keycard.put({ ...planted, id: "earlier" });
    assert.equal((await creations.create("zone_1", secret, since)).id, "earlier");
    assert.equal((await creations.create("zone_1", secret, since)).id, "sec_1");
  });

  it("a create that was certainly rejected is not searched for", async () => {
    const creations = await open({ switches: { uniqueNames: true } });
    keycard.put({ ...planted, id: "identical" });
    const { failure } = await failed(creations.create("zone_1", secret));
    assert.deepEqual([failure.status, failure.outcome, keycard.calls().length], [409, "refused", 1]);
  });
});

function snake({ entityId, ...rest }: NewSecret) {
  return { ...structuredClone(rest), entity_id: entityId };
}
