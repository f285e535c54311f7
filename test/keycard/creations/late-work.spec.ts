import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../../../provider/keycard/http/errors";
import { SECRET, STORED, beginRun, count, ids, keycard, start, useKeycard } from "./support";

const LOST = { method: "POST", kind: { drop: "after" } } as const;
const NOT_DONE = { method: "POST", kind: { drop: "before" } } as const;
/** Attempts that time out before the service has done the work, and a search that is over before that too. */
const HASTY = { attemptMs: 500, pausesMs: [50, 100, 150] };
const late = (lateWorkMs: number) => ({ method: "POST", kind: { lateWorkMs } });

describe("a creation whose answer is lost", () => {
  useKeycard();

  for (const seconds of [1, 5, 20, 45]) {
    it(`a lost create leaves one secret if its time is ${seconds} s behind the Date header`, async () => {
      await start({ switches: { timesBehindMs: seconds * 1000 } });
      const { creations, notes } = beginRun();
      keycard.faults.add(LOST);
      const { id } = await creations.create("zone_1", SECRET);
      assert.deepEqual(ids(), [id]);
      assert.match(notes.join("\n"), new RegExp(`Adopted ${id} as the secret "deploy" of entity ent_1`));
    });

    it(`a lost create is recognized with the help of another one if times are ${seconds} s behind`, async () => {
      await start({ switches: { timesBehindMs: seconds * 1000 } });
      const { creations } = beginRun();
      await creations.create("zone_1", { ...SECRET, name: "first" });
      keycard.faults.add(LOST);
      const { id } = await creations.create("zone_1", SECRET);
      assert.deepEqual([ids(), count("POST")], [["sec_1", id], 2]);
    });
  }

  it("a lost create leaves an identical secret of another stack alone, even if times are behind", async () => {
    await start({ switches: { timesBehindMs: 20_000 } });
    keycard.put({ ...STORED, id: "theirs", created_at: new Date(Date.now() - 25_000).toISOString() });
    const { creations, notes } = beginRun();
    keycard.faults.add(NOT_DONE);
    const { id } = await creations.create("zone_1", SECRET);
    assert.deepEqual(ids(), ["theirs", id]);
    assert.match(notes.join("\n"), new RegExp(`Left the secret theirs alone, .* identical to ${id} and`));
  });

  it("a lost create never uses a secret that a listing of this run has shown before", async () => {
    await start();
    keycard.put({ ...STORED, id: "theirs", created_at: new Date(Date.now() + 5000).toISOString() });
    const { client, creations } = beginRun();
    await client.listSecrets("zone_1");
    keycard.faults.add(NOT_DONE);
    const { id } = await creations.create("zone_1", SECRET);
    assert.deepEqual([ids(), id], [["theirs", "sec_1"], "sec_1"]);
  });

  const FORMS: Record<string, Partial<typeof STORED>> = {
    "whose name the service has trimmed": { name: "deploy" },
    "to whose metadata the service has added keys": {
      metadata: { team: "release", source: "api", at: { by: "api" } } as never,
    },
    "whose description and name the service has folded": { name: "deploy", description: "for deployments" },
  };
  for (const [what, form] of Object.entries(FORMS)) {
    it(`a lost create ${what} is found`, async () => {
      await start();
      const created_at = new Date(Date.now() + 500).toISOString();
      keycard.put({ ...STORED, ...form, id: "ours", created_at });
      keycard.faults.add(NOT_DONE);
      const { id } = await beginRun().creations.create("zone_1", { ...SECRET, name: "  Deploy " });
      assert.deepEqual([id, ids()], ["ours", ["ours"]]);
    });
  }

  it("a secret without the sent metadata is not used for a lost create", async () => {
    await start();
    const created_at = new Date(Date.now() + 500).toISOString();
    keycard.put({ ...STORED, metadata: { source: "api" }, id: "other", created_at });
    keycard.faults.add(NOT_DONE);
    assert.equal((await beginRun().creations.create("zone_1", SECRET)).id, "sec_1");
  });

  it("the error lists the id if names are unique and the clock cannot tell whose secret it is", async () => {
    await start({ switches: { uniqueNames: true, timesBehindMs: 20_000 } });
    const { creations } = beginRun();
    keycard.faults.add(LOST);
    const error = await creations.create("zone_1", SECRET).catch((reason: unknown) => reason);
    assert.equal(failureOf(error)?.outcome, "unknown");
    assert.match(
      (error as Error).message,
      /Found a secret that may be this one: sec_1\. To keep it, set `adoptId`/,
    );
    assert.deepEqual(ids(), ["sec_1"]);
  });

  for (const lagMs of [300, 850]) {
    it(`a lost create leaves one secret if listings lag by ${lagMs} of 1000 ms, and announces the wait once`, async () => {
      await start({ switches: { listLagMs: lagMs } });
      const { creations, notes } = beginRun();
      keycard.faults.add(LOST);
      const { id } = await creations.create("zone_1", SECRET);
      assert.deepEqual([ids(), count("POST")], [[id], 1]);
      const waits = notes.filter((line) => line.startsWith("Looking for up to 1 s for the secret"));
      assert.equal(waits.length, 1);
    });

    it(`a lost create leaves one secret if single reads lag by ${lagMs} of 1000 ms`, async () => {
      await start({ switches: { readLagMs: lagMs } });
      const { creations } = beginRun();
      keycard.faults.add(LOST);
      const { id } = await creations.create("zone_1", SECRET);
      assert.deepEqual([ids(), count("POST")], [[id], 1]);
    });
  }

  it("the error lists the id of a secret that is listed but can never be read", async () => {
    await start({ switches: { readLagMs: 60_000 } });
    const { creations } = beginRun();
    keycard.faults.add(LOST);
    await assert.rejects(creations.create("zone_1", SECRET), /may be this one: sec_1\./);
    assert.equal(count("POST"), 1);
  });

  for (const [first, second] of [
    [200, 200],
    [600, 100],
    [1300, 100],
  ] as const) {
    it(`a lost create leaves one secret if two requests do their work ${first} and ${second} ms later`, async () => {
      await start();
      const { creations } = beginRun();
      keycard.faults.add(late(first));
      keycard.faults.add(late(second));
      const outcome = await creations.create("zone_1", SECRET).then(
        ({ id }) => [id],
        ({ message }: Error) => [...message.matchAll(/sec_\d/g)].map(([id]) => id).sort(),
      );
      await sleep(500);
      assert.deepEqual(outcome, ids());
    });
  }

  it("a duplicate is deleted if the first request does its work after the second was answered", async () => {
    await start();
    const { creations, notes } = beginRun();
    keycard.faults.add(late(1200));
    const { id } = await creations.create("zone_1", SECRET);
    assert.deepEqual([ids(), count("POST"), count("DELETE")], [[id], 2, 1]);
    assert.match(
      notes.join("\n"),
      new RegExp(`Adopted ${id} .* Deleted sec_1, the duplicate that the second request`),
    );
  });

  it("a lost create is waited for while the service is still working", async () => {
    await start();
    const { creations } = beginRun({ attemptMs: 500, pausesMs: [400, 800] });
    keycard.faults.add({ method: "POST", kind: { delayMs: 1200 } });
    assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
    assert.equal(count("POST"), 1);
  });

  it("one secret remains if the work of a lost create is done very late", async () => {
    await start();
    const { creations } = beginRun(HASTY);
    keycard.faults.add({ method: "POST", kind: { delayMs: 900 } });
    // The second POST is answered after the first one has taken effect.
    keycard.faults.add({ method: "POST", kind: { delayMs: 450, when: "after" } });
    const { id } = await creations.create("zone_1", SECRET);
    assert.deepEqual([ids(), count("POST")], [[id], 2]);
  });

  it("a lost create is found if its first POST has taken the name", async () => {
    await start({ switches: { uniqueNames: true } });
    const { creations } = beginRun(HASTY);
    keycard.faults.add({ method: "POST", kind: { delayMs: 900 } });
    keycard.faults.add({ method: "POST", kind: { delayMs: 450, when: "before" } });
    const { id } = await creations.create("zone_1", SECRET);
    assert.deepEqual([ids(), id, count("POST")], [["sec_1"], "sec_1", 2]);
  });

  it("a lost create stays within the time limit", async () => {
    await start();
    const { creations } = beginRun({ ...HASTY, totalMs: 2_000 });
    keycard.faults.add({ method: "POST", kind: { drop: "before" }, times: Infinity });
    keycard.faults.add({ method: "GET", kind: { delayMs: 5_000 }, times: Infinity });
    const begun = performance.now();
    const error: unknown = await creations.create("zone_1", SECRET).catch((reason: unknown) => reason);
    assert.ok(performance.now() - begun < 3_000, `${performance.now() - begun} ms`);
    assert.equal(failureOf(error)?.outcome, "unknown");
    assert.match(String(error), /Run `pulumi up` again; it checks before creating/);
  });

  it("a lost create is sent again after each search as long as its time lasts, and is recorded as unconfirmed", async () => {
    await start();
    const { creations } = beginRun({ totalMs: 2_500 });
    keycard.faults.add({ ...NOT_DONE, times: Infinity });
    const error = await creations.create("zone_1", SECRET).catch((reason: unknown) => reason);
    assert.equal(failureOf(error)?.outcome, "unknown");
    assert.match(
      (error as Error).message,
      /Keycard does not show it yet\. Run `pulumi up` again; it checks before/,
    );
    const sent = keycard.calls().map(({ method, path }) => (path.endsWith("secrets") ? method : ""));
    assert.ok(count("POST") >= 3 && count("POST") <= 5, `${count("POST")} requests`);
    assert.doesNotMatch(sent.join(), /POST,POST/, "never twice without a search between");
  });

  it("a create succeeds after two requests that were not done", async () => {
    await start();
    const { creations } = beginRun();
    for (const status of [503, 500]) keycard.faults.add({ method: "POST", kind: { status } });
    assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
    assert.deepEqual([ids(), count("POST")], [["sec_1"], 3]);
  });

  it("a create that was certainly not done is sent again without a search", async () => {
    await start();
    const { creations } = beginRun();
    keycard.faults.add({ method: "POST", kind: { status: 429, headers: { "retry-after": "0" } }, times: 3 });
    assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
    assert.deepEqual([count("GET"), count("POST")], [0, 4]);
  });

  it("a lost create is not sent again if there was no time for the complete search", async () => {
    await start();
    const { creations } = beginRun({ totalMs: 1500 });
    keycard.faults.add(NOT_DONE);
    keycard.faults.add({ method: "GET", kind: { delayMs: 700 }, times: Infinity });
    const error = await creations.create("zone_1", SECRET).catch((reason: unknown) => reason);
    assert.deepEqual([failureOf(error)?.outcome, count("POST")], ["unknown", 1]);
  });

  it("a lost create of an earlier run is searched for while listings may still lack it", async () => {
    await start({ switches: { listLagMs: 600 } });
    const earlier = beginRun();
    const since = Date.now() - 100;
    await earlier.creations.create("zone_1", SECRET);
    const { creations } = beginRun();
    assert.equal((await creations.create("zone_1", SECRET, since)).id, "sec_1");
    assert.equal((await beginRun().creations.find("zone_1", SECRET, since))?.id, "sec_1");
    assert.equal(count("POST"), 1);
  });

  it("a lost create of an earlier run leaves one secret if times are behind the Date header", async () => {
    await start({ switches: { timesBehindMs: 20_000 } });
    const since = Date.now() - 500;
    await beginRun().creations.create("zone_1", SECRET);
    await assert.rejects(beginRun().creations.find("zone_1", SECRET, since), /may be this one: sec_1\./);
    const { id } = await beginRun().creations.create("zone_1", SECRET, since);
    assert.deepEqual([id, ids()], ["sec_1", ["sec_1"]]);
  });
});

describe("two stacks that create the same secret at once", () => {
  useKeycard();

  for (const uniqueNames of [false, true]) {
    for (const values of ["different", "equal"] as const) {
      const names = uniqueNames ? "unique names" : "names that may repeat";
      it(`end with one secret each or an error with ${names} and ${values} values, answers lost`, async () => {
        await start({ switches: { uniqueNames } });
        keycard.faults.add({ ...LOST, times: 2 });
        const outcomes = await Promise.all(
          ["a", "b"].map(async (stack) => {
            const token = values === "equal" ? "planted-same" : `planted-${stack}`;
            const secret = { ...SECRET, data: { type: "token", token } as const };
            const { creations, notes } = beginRun();
            const outcome = await creations.create("zone_1", secret).then(
              ({ id }) => id,
              ({ message }: Error) => message,
            );
            return { outcome, notes: notes.join("\n"), token };
          }),
        );
        const made = outcomes.filter(({ outcome }) => /^sec_\d$/.test(outcome));
        for (const { outcome, notes, token } of made) {
          assert.deepEqual(keycard.secret(outcome)?.data, { type: "token", token });
          assert.match(notes, new RegExp(`Adopted ${outcome} .* both stacks now manage it`));
        }
        for (const { outcome } of outcomes.filter((each) => !made.includes(each)))
          assert.match(outcome, /may be this one: .*sec_1|answered 409/);
        // In a zone with unique names, identical secrets are a single secret, and nothing in the zone tells them apart.
        if (!(uniqueNames && values === "equal")) {
          assert.equal(new Set(made.map(({ outcome }) => outcome)).size, made.length);
        }
      });
    }
  }
});
