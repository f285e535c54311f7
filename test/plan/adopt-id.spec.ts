import assert from "node:assert/strict";
import { withStableAdoptId } from "../../provider/secret/fields";

const OLDS = { zoneId: "z1", entityId: "e1", name: "github" };
const NEWS = { ...OLDS, adoptId: "s1" };

describe("an `adoptId` that is left in the program", () => {
  it("stays if the secret is new", () => {
    assert.deepEqual(withStableAdoptId(NEWS, {}), NEWS);
  });

  it("stays if the state has one", () => {
    const news = { ...NEWS, name: "gitlab" };
    assert.deepEqual(withStableAdoptId(news, { ...OLDS, adoptId: "s9" }), news);
  });

  it("comes back if nothing else changes", () => {
    assert.deepEqual(withStableAdoptId(NEWS, OLDS), NEWS);
  });

  for (const change of [{ name: "gitlab" }, { entityId: "e2" }, { maxAgeDays: 7 }]) {
    it(`is not listed as a change beside ${Object.keys(change).join()}`, () => {
      const news = { ...NEWS, ...change };
      assert.deepEqual(withStableAdoptId(news, OLDS), { ...OLDS, ...change });
      assert.equal(news.adoptId, "s1", "the arguments themselves are not changed");
    });
  }
});
