import assert from "node:assert/strict";
import { HIDDEN_INPUT, UNKNOWN_VALUE, writeHiddenInput } from "../../provider/pulumi-values";
import {
  bare,
  create,
  failureOf,
  keycard,
  notes,
  provider,
  sent,
  start,
  update,
  useProvider,
} from "../support/secret-provider";

describe("two resources that declare one name", () => {
  useProvider();
  beforeEach(() => start({ switches: { uniqueNames: true } }));

  /** Calls `check` for a resource of the program. */
  const declare = async (resource: string, args: object = {}, olds: object = {}) => {
    const urn = `urn:pulumi:dev::project::keycard:Secret::${resource}`;
    const hidden = { [HIDDEN_INPUT]: writeHiddenInput({ urn, preview: true }) };
    const known = Object.keys(olds).length === 0 ? Object.freeze({}) : sent(olds);
    return (await provider.check(known, sent({ ...bare, ...args, ...hidden }))).inputs as typeof bare;
  };

  it("in one entity cause one warning that names both, in the preview", async () => {
    await declare("one");
    await declare("two");
    await declare("two");
    assert.deepEqual(notes, [
      '`one` and `two` declare the same name, "github", in entity ent_1. Give one of them another name: ' +
        "Keycard may reject the second secret, and lookups by name would find two.",
    ]);
  });

  it("are found if one of them is only renamed or replaced, whichever comes first", async () => {
    await declare("one", {}, bare);
    await declare("two", {}, { ...bare, name: "gitlab" });
    assert.match(notes.join(), /`one` and `two` declare/);
    await declare("three", {}, { ...bare, entityId: "ent_2" });
    assert.equal(notes.length, 2);
    await declare("four", {}, bare);
    assert.equal(notes.length, 3);
  });

  it("are nobody's concern in another entity, in another zone, while unknown, or if both exist", async () => {
    await declare("one");
    await declare("two", { entityId: "ent_2" });
    await declare("three", { zoneId: "zone_2" });
    await declare("four", { name: "gitlab" });
    await declare("five", { entityId: UNKNOWN_VALUE });
    await declare("six", { name: "both" }, { ...bare, name: "both" });
    await declare("seven", { name: "both" }, { ...bare, name: "both" });
    assert.deepEqual(notes, []);
  });

  it("are named by the error of the second, which does not advise to adopt the first", async () => {
    await create(await declare("one"));
    const second = await failureOf(create(await declare("two")));
    assert.match(
      second.message,
      /answered 409.* sec_1\. `one` and `two` of this program declare that name\. Give one of them another name\.$/,
    );
    assert.doesNotMatch(second.message, /adoptId/);
  });

  it("are named by the error of a rename, too", async () => {
    const { outs } = await create(await declare("one", { name: "gitlab" }));
    keycard.put({ id: "sec_9", name: "github", entity_id: "ent_1" });
    await declare("two", {}, bare);
    const news = await declare("one", {}, { ...bare, name: "gitlab" });
    const { message } = await failureOf(update(outs, news));
    assert.match(message, /`two` and `one` of this program declare that name/);
  });
});
