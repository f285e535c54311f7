import assert from "node:assert/strict";
import type { SecretInputs } from "../../provider/secret/fields";
import {
  account,
  aged,
  assertPlainJson,
  bare,
  check,
  created,
  diff,
  failureOf,
  full,
  keycard,
  list,
  patch,
  providerWith,
  start,
  stateNow,
  update,
  useProvider,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("update", () => {
    const CHANGES: [string, Partial<SecretInputs>][] = [
      ["the name", { name: "gitlab" }],
      ["the description", { description: "Weekly" }],
      ["the metadata", { metadata: { team: "release" } }],
      ["the value", { data: { type: "token", token: "another-value" } }],
      ["the type of data", { data: account }],
      ["a cleared description", { description: "" }],
      ["cleared metadata", { metadata: {} }],
      ["a name with a description", { name: "gitlab", description: "Weekly" }],
      ["metadata with a value", { metadata: {}, data: { type: "token", token: "another-value" } }],
      ["everything", { name: "gitlab", description: "", metadata: { a: 1 }, data: account }],
    ];
    for (const [what, change] of CHANGES) {
      it(`sends one PATCH with exactly ${what}`, async () => {
        await start();
        const olds = await created();
        const { outs } = await update(olds, { ...full, ...change });
        assert.deepEqual(keycard.calls(), [patch(change)]);
        assert.equal(keycard.tokenRequests.length, 0);
        assert.deepEqual(outs, stateNow(change.data ? 2 : 1));
        assert.equal(outs.version, 2);
        assertPlainJson(outs);
        const checked = await check({ ...full, ...change });
        assert.deepEqual(await diff(outs, checked.inputs), { changes: false });
      });
    }

    it("sends no request if nothing has changed", async () => {
      await start();
      const olds = await created();
      const other = providerWith({});
      const metadata = { tags: ["a", { b: null }], team: "release" };
      const { outs } = await update(olds, { ...full, metadata }, other);
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
      assert.deepEqual(outs, olds);
      assertPlainJson(outs);
    });

    it("sends no request for another adoptId", async () => {
      await start();
      const olds = await created(bare);
      const news = { ...bare, adoptId: "sec_9", description: "", metadata: {} };
      const { outs } = await update(olds, news);
      assert.deepEqual([keycard.calls(), keycard.tokenRequests.length], [[], 0]);
      assert.deepEqual(outs, olds);
      assertPlainJson(outs);
    });

    it("changes only the outputs that changed", async () => {
      await start({ switches: { version: "data-only" } });
      const olds = await created();
      const { outs } = await update(olds, { ...full, name: "gitlab" });
      const { updatedAt } = stateNow();
      assert.deepEqual(outs, { ...olds, name: "gitlab", updatedAt, __valueChangedAt: olds.updatedAt });
      assert.notEqual(updatedAt, olds.updatedAt);
    });

    it("throws without a state if the secret is gone", async () => {
      await start();
      const olds = aged(await created());
      keycard.remove("sec_1");
      const error = await failureOf(update(olds, { ...full, name: "gitlab" }));
      assert.match(
        error.message,
        /^Could not update the secret: PATCH .* answered 404.* Run `pulumi refresh`/,
      );
      assert.deepEqual([error["id"], error["properties"]], [undefined, undefined]);
      assert.deepEqual(keycard.calls(), [patch({ name: "gitlab" }), list]);
    });

    it("throws after one request if the type cannot be changed", async () => {
      await start({ switches: { typeChange: "refused" } });
      const olds = await created();
      const error = await failureOf(update(olds, { ...full, data: account }));
      assert.match(error.message, /answered 400, saying "data.type cannot be changed/);
      assert.deepEqual(keycard.calls(), [patch({ data: account })]);
      assert.deepEqual(keycard.secret("sec_1")?.data, full.data);
    });
  });
});
