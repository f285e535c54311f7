import assert from "node:assert/strict";
import type { FaultKind } from "../emulator";
import {
  aged,
  created,
  failureOf,
  keycard,
  list,
  noRetries,
  remove,
  SECRET,
  start,
  useProvider,
} from "../support/secret-provider";

describe("the provider", () => {
  useProvider();

  describe("delete", () => {
    beforeEach(() => start());

    it("sends one DELETE and returns nothing", async () => {
      const state = await created();
      assert.equal(await remove(state), undefined);
      assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }]);
      assert.deepEqual(keycard.secrets(), []);
    });

    it("succeeds for a missing secret if its zone is visible", async () => {
      const state = aged(await created());
      keycard.remove("sec_1");
      assert.equal(await remove(state), undefined);
      assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }, list]);
    });

    const FAILURES: [string, FaultKind][] = [
      ["a lack of rights", { status: 403 }],
      ["a failing service", { status: 500 }],
      ["a web page that says 404", { status: 404, headers: { "content-type": "text/html" }, body: "<html>" }],
    ];
    for (const [what, kind] of FAILURES) {
      it(`never treats ${what} as done`, async () => {
        const state = await created();
        keycard.faults.add({ method: "DELETE", kind });
        noRetries();
        await failureOf(remove(state));
        assert.equal(keycard.secrets().length, 1);
      });
    }
  });
});
