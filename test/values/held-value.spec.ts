import assert from "node:assert/strict";
import { fingerprintOf, isFingerprintOf, recipeFor, recipeOf } from "../../provider/values/fingerprint";
import {
  isValueUnread,
  stateHoldsValue,
  stateMatches,
  textsOf,
  toStateForm,
  toUnreadForm,
} from "../../provider/values/held-value";
import type { DeclaredData, SecretData } from "../../provider/values/types";

const VALUE = "planted-value";
const SOURCE = { fromEnv: "KEYCARD_TEST_VALUE" };
const URN = "urn:pulumi:dev::project::keycard:Secret::mine";
const TOKEN: SecretData = { type: "token", token: VALUE };

const tokenOf = (token: unknown) => ({ type: "token", token }) as DeclaredData;
const accountOf = (password: unknown, username = "app") =>
  ({ type: "password", username, password }) as DeclaredData;

describe("data that the state has", () => {
  let fingerprint: string;
  before(async () => (fingerprint = await fingerprintOf(VALUE, recipeFor(URN))));

  describe("compared with what Keycard holds", () => {
    it("is the same if all of it is", async () => {
      for (const value of [VALUE, { ...SOURCE, fingerprint }]) {
        assert.equal(await stateMatches(tokenOf(value), TOKEN), true);
        assert.equal(await stateMatches(tokenOf(value), { type: "token", token: "other" }), false);
        assert.equal(await stateMatches(accountOf(value), accountOf(VALUE) as SecretData), true);
        assert.equal(await stateMatches(accountOf(value), accountOf(VALUE, "other") as SecretData), false);
        assert.equal(await stateMatches(accountOf(value), TOKEN), false);
      }
    });

    it("holds the same value whatever the user's name is", async () => {
      assert.equal(await stateHoldsValue(accountOf(VALUE), accountOf(VALUE, "other") as SecretData), true);
      assert.equal(await stateHoldsValue(accountOf(VALUE), accountOf("other") as SecretData), false);
      assert.equal(await stateHoldsValue(accountOf(VALUE), TOKEN), false);
      assert.equal(await stateHoldsValue(undefined, TOKEN), false);
    });

    it("is never the same if the state does not know the value", async () => {
      for (const value of [SOURCE, { ...SOURCE, fingerprint, unreadVersion: 1 }, { unreadVersion: 1 }]) {
        assert.equal(await stateHoldsValue(tokenOf(value), TOKEN), false);
      }
      assert.equal(await stateMatches(tokenOf(undefined), tokenOf(undefined) as SecretData), false);
    });
  });

  describe("in the state after a read", () => {
    it("is the value itself if it was declared so", async () => {
      assert.deepEqual(await toStateForm(tokenOf("other"), TOKEN), TOKEN);
      assert.deepEqual(await toStateForm(undefined, TOKEN), TOKEN);
    });

    it("is the reference with a fingerprint of what was read, by the same recipe", async () => {
      const old = tokenOf({
        ...SOURCE,
        fingerprint: await fingerprintOf("other", recipeFor(URN)),
        unreadVersion: 2,
      });
      assert.deepEqual(await toStateForm(old, TOKEN), tokenOf({ ...SOURCE, fingerprint }));
      const { token } = (await toStateForm(tokenOf(SOURCE), TOKEN)) as { token: { fingerprint?: string } };
      assert.ok(await isFingerprintOf(token.fingerprint ?? "", VALUE));
    });

    it("is the reference with a fingerprint by a recipe of its own, if none is known", async () => {
      const recipe = async () => {
        const { token } = (await toStateForm(tokenOf(SOURCE), TOKEN)) as { token: { fingerprint?: string } };
        return recipeOf(token.fingerprint);
      };
      const [first, second] = [await recipe(), await recipe()];
      assert.ok(first !== undefined && second !== undefined);
      assert.notEqual(first, second);
    });

    it("says at which version it was not read", () => {
      const row = { type: "token", version: 4 } as const;
      assert.deepEqual(toUnreadForm(tokenOf(VALUE), row), tokenOf({ unreadVersion: 4 }));
      const source = { ...SOURCE, fingerprint };
      assert.deepEqual(toUnreadForm(tokenOf(source), row), tokenOf({ ...source, unreadVersion: 4 }));
      const account = { type: "password", version: 4 } as const;
      assert.deepEqual(toUnreadForm(accountOf(VALUE), account), accountOf({ unreadVersion: 4 }));
      assert.deepEqual(toUnreadForm(tokenOf(VALUE), account), accountOf({ unreadVersion: 4 }, ""));
      assert.deepEqual(toUnreadForm(undefined, account), accountOf({ unreadVersion: 4 }, ""));
    });

    it("tells whether its value was read", () => {
      assert.deepEqual(
        [
          tokenOf({ unreadVersion: 4 }),
          accountOf({ ...SOURCE, unreadVersion: 4 }),
          TOKEN,
          tokenOf(SOURCE),
          undefined,
        ].map(isValueUnread),
        [true, true, false, false, false],
      );
      assert.equal(isValueUnread(tokenOf(null)), false);
    });
  });

  it("has as texts, which no error may show, what it holds itself", () => {
    assert.deepEqual(textsOf(accountOf(VALUE)), ["app", VALUE]);
    assert.deepEqual(textsOf(accountOf(SOURCE)), ["app"]);
    assert.deepEqual(textsOf(undefined), []);
  });
});
