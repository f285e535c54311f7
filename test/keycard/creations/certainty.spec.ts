import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Failure, failureOf } from "../../../provider/keycard/http/errors";
import type { Data } from "../../../provider/keycard/wire";
import type { KeycardOptions } from "../../emulator";
import { type Stack, SECRET, STORED, beginRun, count, ids, keycard, start, useKeycard } from "./support";

const LOST = { method: "POST", kind: { drop: "after" } } as const;
const NOT_DONE = { method: "POST", kind: { drop: "before" } } as const;
const HOUR_MS = 3_600_000;

/** Short, because nothing in these tests depends on the time. */
const PAUSES_MS = [5, 5, 90];

type Answered = Parameters<NonNullable<KeycardOptions["onAnswered"]>>[0];

describe("a creation whose result is not certain yet", () => {
  useKeycard();

  const run = (options: Parameters<typeof beginRun>[0] = {}) => beginRun({ pausesMs: PAUSES_MS, ...options });
  const isListing = ({ method, path }: { method: string; path: string }) =>
    method === "GET" && path.endsWith("/secrets");
  const listings = () => keycard.calls().filter(isListing).length;
  const post = () =>
    `POST /zones/zone_1/secrets got no answer from ${new URL(keycard.url).host} (the default endpoint): ECONNRESET`;
  const plant = (id: string, aheadMs = 500) =>
    keycard.put({ ...STORED, id, created_at: new Date(Date.now() + aheadMs).toISOString() });

  /** Starts an emulator, and calls a function after the nth answer of a kind. */
  async function startWith(after: { nth?: number; is: (request: Answered) => boolean; call: () => void }) {
    let seen = 0;
    await start({
      onAnswered: (request) => {
        if (after.is(request) && ++seen === (after.nth ?? 1)) after.call();
      },
    });
  }

  async function failed({ creations }: Stack, since?: number): Promise<Failure & { message: string }> {
    const error = await creations.create("zone_1", SECRET, since).then(
      ({ id }) => assert.fail(`it returned ${id}`),
      (reason: unknown) => reason as Error,
    );
    return { ...(failureOf(error) ?? assert.fail(String(error))), message: error.message };
  }

  it("a create that is answered needs no search", async () => {
    await start();
    const { creations, notes } = run();
    await creations.create("zone_1", SECRET);
    assert.deepEqual([keycard.calls().length, notes], [1, []]);
  });

  it("different secrets are created at the same time, and equal ones one after the other", async () => {
    await start();
    const { creations } = run();
    keycard.faults.add({ kind: { delayMs: 200 } });
    const order: string[] = [];
    const create = (secret: typeof SECRET, what: string) =>
      creations.create("zone_1", secret).then(() => order.push(what));
    const first = create(SECRET, "first");
    for (let look = 0; look < 200 && keycard.requests.length === 0; look++) await sleep(5);
    await Promise.all([first, create(SECRET, "equal"), create({ ...SECRET, name: "x" }, "different")]);
    assert.deepEqual(order, ["different", "first", "equal"]);
  });

  describe("lines for the user", () => {
    it("a line tells which secret was adopted, why, and what to check", async () => {
      await start();
      keycard.faults.add(LOST);
      const { creations, notes } = run();
      await creations.create("zone_1", SECRET);
      assert.deepEqual(notes, [
        `Adopted sec_1 as the secret "deploy" of entity ent_1 in zone zone_1: ${post()}, ` +
          "and sec_1 has the content that was sent and was created since. " +
          "If another stack created it at the same time, both stacks now manage it. Check the other stack with `pulumi stack`.",
      ]);
      assert.deepEqual([listings(), count("POST")], [1, 1]);
    });

    it("a line tells if the create request of an earlier run was lost", async () => {
      await start();
      plant("earlier");
      const { creations, notes } = run();
      assert.equal((await creations.create("zone_1", SECRET, Date.now() - 1_000)).id, "earlier");
      assert.match(
        notes.join(),
        /^Adopted earlier .* in zone zone_1: an earlier run got no answer to its create request, and earlier has /,
      );
      assert.equal(count("POST"), 0);
    });

    it("a line tells if the request was sent twice", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      keycard.faults.add(LOST);
      const { creations, notes } = run();
      assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
      assert.match(
        notes.at(-1) ?? "",
        / with `pulumi stack`\. The request was sent twice, so check for a duplicate later\.$/,
      );
    });

    it("a line announces the search once, with its length and its reason", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      const { creations, notes } = run();
      await creations.create("zone_1", SECRET);
      assert.deepEqual(notes, [
        'Looking for up to 0.1 s for the secret "deploy" of entity ent_1 in zone zone_1: ' +
          "its create request got no answer, so it is unknown whether Keycard created it.",
      ]);
    });

    it("each creation announces its own search", async () => {
      await start();
      keycard.faults.add({ ...NOT_DONE, times: 2 });
      const { creations, notes } = run();
      await Promise.all(["a", "b"].map((name) => creations.create("zone_1", { ...SECRET, name })));
      assert.equal(notes.length, 2);
    });
  });

  describe("a second request that was answered", () => {
    const isSecondPost = ({ method, status }: Answered) => method === "POST" && status === 201;

    it("the secret of the second request is deleted if the first request has created one after all", async () => {
      await startWith({ is: isSecondPost, call: () => plant("late") });
      keycard.faults.add(NOT_DONE);
      const { creations, notes } = run();
      assert.equal((await creations.create("zone_1", SECRET)).id, "late");
      assert.deepEqual([ids(), count("DELETE")], [["late"], 1]);
      assert.match(
        notes.at(-1) ?? "",
        /^Adopted late .* created since\. Deleted sec_1, the duplicate that the second request had created\. If another .* `pulumi stack`\.$/,
      );
    });

    it("the error lists both secrets if the duplicate cannot be deleted", async () => {
      await startWith({ is: isSecondPost, call: () => plant("late") });
      keycard.faults.add(NOT_DONE);
      keycard.faults.add({ method: "DELETE", kind: { status: 403 } });
      const { message, outcome } = await failed(run());
      assert.match(
        message,
        /Found 2 secrets that may be this one: late, sec_1\. Delete those that nobody uses/,
      );
      assert.equal(outcome, "unknown");
    });

    it("the error lists all secrets if there are three", async () => {
      const plantTwo = () => ["one", "two"].forEach((id) => plant(id));
      await startWith({ is: isSecondPost, call: plantTwo });
      keycard.faults.add(NOT_DONE);
      assert.match((await failed(run())).message, /Found 3 secrets that may be this one: one, two, sec_1\./);
      assert.equal(count("DELETE"), 0);
    });

    it("the error lists a secret that cannot be read yet", async () => {
      await startWith({ is: isSecondPost, call: () => plant("late") });
      keycard.faults.add(NOT_DONE);
      keycard.faults.add({ method: "GET", path: /late$/, kind: { status: 404 }, times: Infinity });
      assert.match((await failed(run())).message, /Found 2 secrets that may be this one: late, sec_1\./);
    });

    it("the secret of the second request is kept, with a line, if the search for a duplicate fails", async () => {
      const forbid = () => void (keycard.switches.list = "forbidden");
      await startWith({ is: isSecondPost, call: forbid });
      keycard.faults.add(NOT_DONE);
      const { creations, notes } = run();
      assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
      assert.match(
        notes.at(-1) ?? "",
        /^Could not look for a duplicate of the secret sec_1: Could not create the secret: .* answered 403/,
      );
    });

    it("a line tells that an identical secret from shortly before was left alone", async () => {
      await start({ switches: { timesBehindMs: 20_000 } });
      const { created_at } = plant("theirs", -25_000);
      keycard.faults.add(NOT_DONE);
      const { creations, notes } = run();
      assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
      // The first search ends with the secret of unclear age. Only the second one lasts for all pauses.
      assert.equal(listings(), 1 + 4);
      assert.equal(
        notes.at(-1),
        `Left the secret theirs alone, which is identical to sec_1 and was created shortly before it, at ${created_at}. ` +
          "Delete it if nobody uses it.",
      );
    });
  });

  describe("requests that got no answer", () => {
    it("the error tells how often and how long the request was tried, and since when", async () => {
      await start();
      keycard.faults.add({ ...NOT_DONE, times: Infinity });
      const begun = Date.now();
      const { message, outcome, tried, since, requestId } = await failed(run({ totalMs: 700 }));
      const posts = count("POST");
      assert.ok(posts > 3, `${posts} requests`);
      assert.deepEqual([outcome, tried?.attempts], ["unknown", posts]);
      assert.ok((tried?.ms ?? 0) >= posts * 100, "a search after each");
      assert.ok(Math.abs((since ?? 0) - begun) < 5_000, String(since));
      assert.ok(
        message.startsWith(
          `Could not create the secret: ${post()} (request ${requestId}, tried ${posts} times`,
        ),
      );
      assert.equal(requestId, keycard.requests.find(({ method }) => method === "POST")?.requestId);
    });

    it("the first request gets as much time again if the second one was lost too", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      keycard.faults.add(LOST);
      assert.equal((await run().creations.create("zone_1", SECRET)).id, "sec_1");
      // A search takes 100 ms, and one and a half times that is two pauses of 90 ms.
      assert.ok(listings() >= 4 + 1 + 2, `${listings()} listings`);
    });

    it("the pauses do not use up the time of the requests", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      const { creations } = run({ totalMs: 1_000, pausesMs: [500, 500] });
      assert.equal((await creations.create("zone_1", SECRET)).id, "sec_1");
      assert.equal(count("POST"), 2);
    });

    it("the error lists a secret of unclear age if its name is taken", async () => {
      await start({ switches: { uniqueNames: true, timesBehindMs: 20_000 } });
      keycard.faults.add(LOST);
      const { message, outcome, status } = await failed(run());
      assert.match(
        message,
        /Found a secret that may be this one: sec_1\. To keep it, set `adoptId` to its id\./,
      );
      assert.deepEqual([outcome, status, ids()], ["unknown", 409, ["sec_1"]]);
    });

    it("the error lists a secret of unclear age after the second request", async () => {
      await start({ switches: { timesBehindMs: 20_000 } });
      plant("theirs", -25_000);
      keycard.faults.add({ ...NOT_DONE, times: 2 });
      assert.match((await failed(run())).message, /Found a secret that may be this one: theirs\. /);
    });

    it("the error lists a secret that is listed but can never be read", async () => {
      await start({ switches: { readLagMs: Infinity } });
      keycard.faults.add(LOST);
      assert.match((await failed(run())).message, /Found a secret that may be this one: sec_1\. /);
      assert.deepEqual([listings(), count("POST")], [4, 1]);
    });

    it("the result of a 500 is unknown if there was no time for the complete search", async () => {
      await start();
      keycard.faults.add({ method: "POST", kind: { status: 500 } });
      keycard.faults.add({ method: "GET", kind: { delayMs: 300 }, times: Infinity });
      const { message, outcome } = await failed(run({ totalMs: 400, pausesMs: [5, 5, 5, 500] }));
      assert.deepEqual([outcome, count("POST")], ["unknown", 1]);
      assert.match(
        message,
        /Keycard does not show it yet\. Run `pulumi up` again; it checks before creating\.$/,
      );
    });

    it("the secret of another request that appears later is an error that lists both", async () => {
      await startWith({ nth: 5, is: isListing, call: () => plant("late") });
      keycard.faults.add(NOT_DONE);
      keycard.faults.add(LOST);
      assert.match((await failed(run())).message, /Found 2 secrets that may be this one: sec_1, late\./);
    });

    it("a name that a second request finds taken by no secret is an error of the name", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      keycard.faults.add({ method: "POST", kind: { status: 409 } });
      const { status, outcome, message } = await failed(run());
      assert.deepEqual([status, outcome], [409, "refused"]);
      assert.match(
        message,
        /answered 409.* Keycard has no such secret\. Run it again\. If this keeps happening, contact Keycard support/,
      );
    });

    it("another rejection of the second request is its error", async () => {
      await start();
      keycard.faults.add(NOT_DONE);
      keycard.faults.add({ method: "POST", kind: { status: 400 } });
      const { status, outcome, message } = await failed(run());
      assert.deepEqual([status, outcome, count("POST")], [400, "refused", 2]);
      assert.match(message, /Keycard rejected the request\. Fix the argument that its message names\.$/);
    });

    it("an answer with the id of a secret that this run already has is not believed", async () => {
      await start();
      const first = await run().creations.create("zone_1", { ...SECRET, name: "first" });
      const stack = run();
      await stack.creations.create("zone_1", { ...SECRET, name: "second" });
      const { data, ...row } = keycard.secret("sec_2") ?? assert.fail();
      keycard.faults.add({ method: "POST", kind: { status: 201, body: { ...row, type: data.type } } });
      assert.equal((await stack.creations.create("zone_1", SECRET)).id, "sec_3");
      assert.equal(first.id, "sec_1");
    });

    it("no second request is sent if the service asks to wait longer than the call may take", async () => {
      await start();
      const kind = { status: 503, headers: { "retry-after": "60" } };
      keycard.faults.add({ method: "POST", kind });
      const { message, outcome } = await failed(run());
      assert.deepEqual([outcome, count("POST")], ["unknown", 1]);
      assert.match(
        message,
        /Could not confirm whether the secret was created: Keycard does not show it yet\./,
      );
    });

    it("a second request waits as long as the service asks", async () => {
      await start();
      keycard.faults.add({ method: "POST", kind: { status: 503, headers: { "retry-after": "1" } } });
      const begun = performance.now();
      await run().creations.create("zone_1", SECRET);
      assert.ok(performance.now() - begun >= 1_050);
      assert.equal(count("POST"), 2);
    });
  });

  describe("a creation of an earlier run", () => {
    const long = () => Date.now() - HOUR_MS;
    const recent = () => Date.now() - 1_000;

    it("one listing is enough if it began long ago, before and after the request", async () => {
      await start();
      const { client, creations } = run();
      // An answer sets the service's clock.
      await client.listSecrets("zone_1");
      keycard.clearLog();
      assert.equal(await creations.find("zone_1", SECRET, long()), undefined);
      assert.equal(listings(), 1);
      keycard.clearLog();
      assert.equal((await creations.create("zone_1", SECRET, long())).id, "sec_1");
      assert.deepEqual([listings(), count("POST")], [2, 1]);
    });

    it("the search lasts for all pauses if no answer has shown the time of the service yet", async () => {
      await start();
      assert.equal(await run().creations.find("zone_1", SECRET, long()), undefined);
      assert.equal(listings(), 4);
    });

    it("the search lasts for all pauses if it is recent, and half as long after the request", async () => {
      await start();
      assert.equal(await run().creations.find("zone_1", SECRET, recent()), undefined);
      assert.equal(listings(), 4);
      keycard.clearLog();
      assert.equal((await run().creations.create("zone_1", SECRET, recent())).id, "sec_1");
      assert.deepEqual([listings(), count("POST")], [6, 1]);
    });

    it("the search lasts for all pauses if it is not known when it began", async () => {
      await start();
      assert.equal(await run().creations.find("zone_1", SECRET), undefined);
      assert.equal(listings(), 4);
    });

    it("the error has no time if it is not known when it began", async () => {
      await start();
      plant("theirs");
      const error: unknown = await run()
        .creations.find("zone_1", SECRET)
        .catch((reason: unknown) => reason);
      const failure = failureOf(error) ?? assert.fail(String(error));
      assert.deepEqual([failure.outcome, "since" in failure], ["unknown", false]);
    });

    it("an identical secret is an error if it is not known when it began", async () => {
      await start();
      plant("theirs");
      await assert.rejects(
        run().creations.find("zone_1", SECRET),
        /Could not create the secret: POST \/zones\/zone_1\/secrets got no answer in an earlier run \(request \S+\)\. Found a secret that may be this one: theirs\. To keep it, set `adoptId` to its id\. If nobody uses it, delete it\.$/,
      );
    });

    it("the search after a lost request is half as long, even if the creation began long ago", async () => {
      await start();
      const { client, creations } = run();
      await client.listSecrets("zone_1");
      keycard.clearLog();
      keycard.faults.add(NOT_DONE);
      await creations.create("zone_1", SECRET, long());
      assert.deepEqual([listings(), count("POST")], [1 + 4 + 2, 2]);
    });

    it("nothing is sent if there was no time for the complete search", async () => {
      await start();
      keycard.faults.add({ kind: { delayMs: 300 }, times: Infinity });
      const hasty = () => run({ totalMs: 400, pausesMs: [5, 5, 5, 500] });
      const [{ outcome, message }] = await Promise.all([
        failed(hasty(), recent()),
        assert.rejects(hasty().creations.find("zone_1", SECRET, recent()), /Keycard does not show it yet\./),
      ]);
      assert.deepEqual([outcome, count("POST")], ["unknown", 0]);
      assert.match(
        message,
        /Keycard does not show it yet\. Run `pulumi up` again; it checks before creating\.$/,
      );
    });

    it("the zone is percent-encoded in the error", async () => {
      await start();
      keycard.switches.list = "forbidden";
      await assert.rejects(
        run().creations.find("zone/1", SECRET, recent()),
        /POST \/zones\/zone%2F1\/secrets got no answer in an earlier run/,
      );
    });

    it("a secret whose value matches is found, even if the value is not known any more", async () => {
      await start();
      plant("other");
      keycard.edit("other", { data: { type: "token", token: "planted-other" } });
      plant("ours");
      const isSent = (data: Data) => Promise.resolve(data.type === "token" && data.token === "planted-token");
      const withoutValue = { ...SECRET, data: { type: "token" } as Data };
      const found = await run().creations.find("zone_1", withoutValue, recent(), isSent);
      assert.equal(found?.id, "ours");
    });
  });

  describe("the error of a search", () => {
    const remedies = [
      [429, /answered 429, saying ".*" \(code \w+\)\. Run `pulumi up` again; it checks before creating\.$/],
      [503, /answered 503, saying ".*" \(code \w+\)\. Run `pulumi up` again; it checks before creating\.$/],
      [500, /answered 500, saying ".*" \(code \w+\)\. Run `pulumi up` again; it checks before creating\.$/],
      [
        403,
        /answered 403, saying ".*" \(code \w+\)\. Look for "deploy" of entity ent_1 in Keycard: if it was created just now, set `adoptId` to its id; otherwise take it out of the state\.$/,
      ],
    ] as const;
    for (const [status, remedy] of remedies) {
      it(`the error of a search that a ${status} ends tells what to do`, async () => {
        await start();
        keycard.faults.add(LOST);
        keycard.faults.add({ method: "GET", kind: { status }, times: Infinity });
        const { message, outcome } = await failed(run({ totalMs: 300 }));
        assert.match(message, remedy);
        assert.equal(outcome, "unknown");
      });
    }

    it("the error of a search without an answer tells what to do", async () => {
      await start();
      keycard.faults.add(LOST);
      keycard.faults.add({ method: "GET", kind: { drop: "before" }, times: Infinity });
      assert.match(
        (await failed(run({ totalMs: 300 }))).message,
        /GET \S+ got no answer from .*: ECONNRESET\. Run `pulumi up` again; it checks before creating\.$/,
      );
    });

    it("the error of a search names the setting that forbids to read values", async () => {
      await start();
      keycard.faults.add(LOST);
      const { message } = await failed(run({ valuesForbiddenBy: "keycard:readValues" }));
      assert.match(
        message,
        /Could not confirm whether the secret was created: Could not read the secret sec_1: keycard:readValues is false, so values must not be read\. Set it to true\. Look for "deploy"/,
      );
    });
  });
});
