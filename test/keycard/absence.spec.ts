import assert from "node:assert/strict";
import type { ClientOptions } from "../../provider/keycard/client";
import { failureOf, isNotFound } from "../../provider/keycard/http/errors";
import { interruptible } from "../../provider/keycard/http/time";
import { findSecret, foundOrGone, removeSecret } from "../../provider/keycard/presence";
import { type Keycard, startKeycard } from "../emulator";
import { clientOf, errorOf } from "./support";

const LIST = "/zones/z1/secrets";
const ONE = `${LIST}/s1`;
const NOT_FOUND = { method: "GET", path: /s1$/, kind: { status: 404 }, times: Infinity } as const;

describe("a search for a secret that is not found", () => {
  let keycard: Keycard;
  let notes: string[];
  beforeEach(async () => {
    keycard = await startKeycard();
    notes = [];
  });
  afterEach(() => keycard.close());

  const clientWith = (options: Partial<ClientOptions> = {}) =>
    clientOf(keycard, { pausesMs: [10, 20], note: (line) => notes.push(line), ...options });
  const paths = () => keycard.calls().map(({ path }) => path);
  const now = () => new Date().toISOString();
  const longAgo = new Date(Date.now() - 3_600_000).toISOString();
  const missing = { zoneId: "z1", id: "s1" };

  it("another error than a 404 ends the search", async () => {
    keycard.put({ id: "s1", zone_id: "z1" });
    keycard.faults.add({ kind: { status: 400, body: { message: "odd" } } });
    const { message } = await errorOf(removeSecret(clientWith(), missing));
    assert.match(message, /^Could not delete the secret: DELETE \S+ answered 400, saying "odd"/);
    assert.deepEqual(paths(), [ONE]);
  });

  it("one line per zone announces the search and its length", async () => {
    const run = new AbortController();
    const note = (line: string) => {
      if (notes.push(line) === 2) run.abort({ event: "was cancelled", remedy: "" });
    };
    const client = clientWith({ pausesMs: [10, 1490], note });
    await interruptible(run.signal, () =>
      Promise.allSettled(
        ["z1", "z1", "z2"].map((zoneId, index) =>
          findSecret(client, zoneId, `s${index}`, { createdAt: now() }),
        ),
      ),
    );
    assert.match(
      notes.join("\n"),
      /^Keycard does not return the secret s[01] of zone z1, which is new or still listed\. Looking again for up to 1\.5 s, as for any other such secret of the zone\.\nKeycard does not return the secret s2 of zone z2, /,
    );
    assert.equal(notes.length, 2);
  });

  it("a secret whose search is cancelled is not treated as gone", async () => {
    const run = new AbortController();
    const note = () => run.abort({ event: "was cancelled", remedy: "Run it again." });
    const client = clientWith({ pausesMs: [2_000, 2_000], note });
    const error = await errorOf(
      interruptible(run.signal, () => findSecret(client, "z1", "s1", { createdAt: now() })),
    );
    assert.match(
      error.message,
      /^Could not read the secret: GET \/zones\/z1\/secrets\/s1 was cancelled before it was certain that the secret is gone \(request \S+\)\. Run it again\.$/,
    );
    assert.deepEqual([isNotFound(error), paths().filter((path) => path === ONE).length], [false, 1]);
  });

  it("a secret in a zone that is not visible is not treated as gone", async () => {
    keycard.switches.list = "missing";
    const error = await errorOf(findSecret(clientWith(), "z1", "s1", { createdAt: longAgo }));
    assert.match(error.message, /If the zone was deleted, remove its secrets from the state\.$/);
    assert.equal(isNotFound(error), false);
  });

  it("a secret that was created long ago is gone after one 404", async () => {
    assert.equal(await findSecret(clientWith(), "z1", "s1", { createdAt: longAgo }), undefined);
    assert.deepEqual([paths(), notes], [[ONE, LIST], []]);
  });

  it("a secret whose time of creation is unreadable is looked for again", async () => {
    assert.equal(await findSecret(clientWith(), "z1", "s1", { createdAt: "soon" }), undefined);
    assert.deepEqual(paths(), [ONE, LIST, ONE, ONE]);
  });

  describe("a secret that a listing shows", () => {
    const isListed = { isListed: true, createdAt: longAgo };

    it("a 404 is an error if the listing still shows the secret after the search", async () => {
      keycard.put({ id: "s0", zone_id: "z1" });
      keycard.put({ id: "s1", zone_id: "z1" });
      keycard.faults.add(NOT_FOUND);
      const error = await errorOf(findSecret(clientWith(), "z1", "s1", isListed));
      assert.match(
        error.message,
        /secrets\/s1 answered 404, but the listing of zone z1 still has the secret/,
      );
      assert.match(error.message, /\. Run it again\. If this keeps happening, contact Keycard support/);
      assert.equal(isNotFound(error), false);
      assert.deepEqual(paths(), [ONE, LIST, ONE, ONE, LIST]);
    });

    it("a listed secret is gone if the listing no longer shows it after the search", async () => {
      keycard.put({ id: "s0", zone_id: "z1" });
      assert.equal(await findSecret(clientWith(), "z1", "s1", isListed), undefined);
      assert.deepEqual(paths(), [ONE, LIST, ONE, ONE, LIST]);
    });

    it("a 404 is an error if the listing that proves the zone shows the secret", async () => {
      keycard.put({ id: "s1", zone_id: "z1" });
      keycard.faults.add({ method: "DELETE", kind: { status: 404 }, times: Infinity });
      const { message } = await errorOf(removeSecret(clientWith(), { ...missing, createdAt: longAgo }));
      assert.match(message, /^Could not delete the secret: DELETE \S+ answered 404, but the listing/);
    });

    it("the error names the listing if the search was in listings", async () => {
      keycard.put({ id: "s1", zone_id: "z1" });
      keycard.faults.add({ path: /secrets$/, kind: { status: 200, body: [] }, times: 3 });
      const client = clientWith({ valuesForbiddenBy: "a test" });
      const error = await errorOf(findSecret(client, "z1", "s1", isListed));
      assert.equal(
        error.message,
        "Could not find the secret: GET /zones/z1/secrets lacked s1, but the listing of zone z1 still has the secret " +
          "(request unknown). Run it again. If this keeps happening, contact Keycard support with the request ID.",
      );
      assert.deepEqual(
        [isNotFound(error), failureOf(error)?.status, failureOf(error)?.outcome],
        [false, 404, "refused"],
      );
    });
  });

  describe("a search in listings", () => {
    const byListing = () => clientWith({ valuesForbiddenBy: "a test", pausesMs: [200, 200] });

    it("a secret is found in a listing that this run already has", async () => {
      keycard.put({ id: "s1", zone_id: "z1" });
      const client = byListing();
      await client.listings.of("z1");
      assert.equal((await findSecret(client, "z1", "s1"))?.id, "s1");
      assert.deepEqual(paths(), [LIST]);
    });

    it("each further look requests a new listing, which concurrent searches share", async () => {
      const client = byListing();
      const searches = ["s1", "s2"].map((id) => findSecret(client, "z1", id, { createdAt: now() }));
      assert.deepEqual(await Promise.all(searches), [undefined, undefined]);
      assert.deepEqual(paths(), [LIST, LIST, LIST]);
    });

    it("a secret is not read if its own value must not be read", async () => {
      keycard.put({ id: "s1", zone_id: "z1" });
      const found = await findSecret(clientWith(), "z1", "s1", { withoutValue: true });
      assert.deepEqual([found?.id, found?.data, paths()], ["s1", undefined, [LIST]]);
    });

    it("a secret is read with its value if that is allowed", async () => {
      keycard.put({ id: "s1", zone_id: "z1" });
      assert.equal((await findSecret(clientWith(), "z1", "s1"))?.data?.type, "token");
      assert.deepEqual(paths(), [ONE]);
    });
  });

  it("a secret that a later look finds is returned", async () => {
    let looks = 0;
    const look = () => Promise.resolve(++looks === 3 ? "found" : undefined);
    assert.equal(await foundOrGone(clientWith(), { ...missing, createdAt: now() }, look), "found");
  });
});
