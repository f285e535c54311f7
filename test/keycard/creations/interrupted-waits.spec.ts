import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { failureOf } from "../../../provider/keycard/http/errors";
import { interruptible } from "../../../provider/keycard/http/time";
import { findSecret, removeSecret } from "../../../provider/keycard/presence";
import { SECRET, beginRun, keycard, start, useKeycard } from "./support";

/** Longer than any test may take. */
const PAUSES_MS = [60_000, 60_000];

const REASON = { event: "was cancelled", remedy: "Run it again." };

describe("a wait whose call is cancelled", () => {
  useKeycard();

  /** Runs a function that waits, cancels it after it has announced the wait, and returns its error. */
  async function cancelled(notes: string[], run: () => Promise<unknown>): Promise<Error> {
    const controller = new AbortController();
    const ending = interruptible(controller.signal, run).then(
      () => assert.fail("it ended with a result"),
      (error: unknown) => error as Error,
    );
    while (notes.length === 0) await sleep(10);
    const begun = performance.now();
    controller.abort(REASON);
    const error = await ending;
    assert.ok(performance.now() - begun < 2_000, "it waited on");
    assert.match(error.message, /was cancelled/);
    return error;
  }

  it("cancelling ends the wait for a zone that is not available yet, and nothing is created", async () => {
    await start({ zones: ["other"] });
    const { creations, notes } = beginRun({ pausesMs: PAUSES_MS });
    const error = await cancelled(notes, () => creations.create("zone_1", SECRET));
    assert.match(notes.join(), /^Waiting up to/);
    assert.equal(failureOf(error)?.outcome, "unreached");
  });

  it("cancelling ends the wait for a lost create, which stays unconfirmed", async () => {
    await start();
    keycard.faults.add({ method: "POST", kind: { drop: "before" } });
    const { creations, notes } = beginRun({ pausesMs: PAUSES_MS });
    const error = await cancelled(notes, () => creations.create("zone_1", SECRET));
    assert.match(notes.join(), /^Looking for up to/);
    assert.equal(failureOf(error)?.outcome, "unknown");
  });

  for (const what of ["a read", "a read by listing", "a delete"]) {
    it(`cancelling ends the wait for a secret that ${what} does not find, which is not treated as gone`, async () => {
      await start();
      const forbidden = what === "a read by listing" ? "a test" : undefined;
      const { client, creations, notes } = beginRun({ pausesMs: PAUSES_MS, valuesForbiddenBy: forbidden });
      const { id, createdAt } = await creations.create("zone_1", SECRET);
      keycard.remove(id);
      await cancelled(notes, () =>
        what === "a delete"
          ? removeSecret(client, { zoneId: "zone_1", id })
          : findSecret(client, "zone_1", id, { createdAt }),
      );
      assert.match(notes.join(), /Looking again for up to/);
    });
  }
});

describe("a line that announces a wait", () => {
  useKeycard();

  it("a line about a wait contains no escape sequence, even if the name of the secret does", async () => {
    await start();
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    const { creations, notes } = beginRun();
    await creations.create("zone_1", { ...SECRET, name: "de\u001b]0;title\u0007ploy\r\n\u001b[31mred" });
    assert.equal(notes.length > 0, true);
    // eslint-disable-next-line no-control-regex
    for (const line of notes) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
    assert.match(notes.join(), /deploy/);
  });

  it("a line about a wait does not show the client secret", async () => {
    await start();
    const { client, notes } = beginRun();
    client.note(`for ${keycard.clientSecret}`);
    assert.deepEqual(notes, ["for [redacted]"]);
  });
});
