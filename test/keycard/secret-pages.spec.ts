import assert from "node:assert/strict";
import { SecretPages } from "../../provider/keycard/listings";
import type { Call } from "../../provider/keycard/http/errors";

const CALL: Call = {
  action: "list the secrets",
  method: "GET",
  path: "/zones/z1/secrets",
  requestId: "r1",
  attempt: 1,
  hidden: [],
};

describe("the pages of a listing", () => {
  it("the last of twenty empty pages ends the listing", () => {
    const pages = new SecretPages();
    for (let page = 1; page < 20; page++) {
      assert.equal(pages.add(CALL, 200, { secrets: [], others: [], next: `c${page}` }), `c${page}`);
    }
    assert.equal(pages.add(CALL, 200, { secrets: [], others: [] }), undefined);
    assert.deepEqual(pages.rows, { secrets: [], others: [] });
  });

  it("pages with nothing but new rows of unknown types are read to the end", () => {
    const pages = new SecretPages();
    for (let page = 1; page <= 30; page++) {
      pages.add(CALL, 200, { secrets: [], others: [{ type: "folder", id: `f${page}` }], next: `c${page}` });
    }
    pages.add(CALL, 200, { secrets: [], others: [] });
    assert.equal(pages.rows.others.length, 30);
  });

  it("an endless listing is a case for Keycard's support", () => {
    const pages = new SecretPages();
    pages.add(CALL, 200, { secrets: [], others: [], next: "c" });
    assert.throws(
      () => pages.add(CALL, 200, { secrets: [], others: [], next: "c" }),
      /so the listing never ends \(request r1\)\. If this keeps happening, contact Keycard support with the request ID\.$/,
    );
  });
});
