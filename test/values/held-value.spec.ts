import assert from "node:assert/strict";
import { fingerprintOf, isFingerprintOf, recipeFor, recipeOf } from "../../provider/values/fingerprint";
import { valueOf } from "../../provider/values/kinds";
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
        assert.equal(await valueOf(tokenOf(value)).matches(TOKEN), true);
        assert.equal(await valueOf(tokenOf(value)).matches({ type: "token", token: "other" }), false);
        assert.equal(await valueOf(accountOf(value)).matches(accountOf(VALUE) as SecretData), true);
        assert.equal(await valueOf(accountOf(value)).matches(accountOf(VALUE, "other") as SecretData), false);
        assert.equal(await valueOf(accountOf(value)).matches(TOKEN), false);
      }
    });

    it("holds the same value whatever the user's name is", async () => {
      assert.equal(
        await valueOf(accountOf(VALUE)).matchesText(accountOf(VALUE, "other") as SecretData),
        true,
      );
      assert.equal(await valueOf(accountOf(VALUE)).matchesText(accountOf("other") as SecretData), false);
      assert.equal(await valueOf(accountOf(VALUE)).matchesText(TOKEN), false);
      assert.equal(await valueOf(undefined).matchesText(TOKEN), false);
    });

    it("is never the same if the state does not know the value", async () => {
      for (const value of [SOURCE, { ...SOURCE, fingerprint, unreadVersion: 1 }, { unreadVersion: 1 }]) {
        assert.equal(await valueOf(tokenOf(value)).matchesText(TOKEN), false);
      }
      assert.equal(await valueOf(tokenOf(undefined)).matches(tokenOf(undefined) as SecretData), false);
    });
  });

  describe("in the state after a read", () => {
    const kept = (declared: unknown, found = TOKEN) =>
      valueOf(declared).keptAfterRead(found, valueOf(declared));
    const unread = (declared: unknown, row: { type: SecretData["type"]; version: number }) =>
      valueOf(declared).keptAfterListing(row, undefined);

    it("is the value itself if it was declared so", async () => {
      assert.deepEqual(await kept(tokenOf("other")), TOKEN);
      assert.deepEqual(await kept(undefined), TOKEN);
    });

    it("is the reference with a fingerprint of what was read, by the same recipe", async () => {
      const old = tokenOf({
        ...SOURCE,
        fingerprint: await fingerprintOf("other", recipeFor(URN)),
        unreadVersion: 2,
      });
      assert.deepEqual(await kept(old), tokenOf({ ...SOURCE, fingerprint, foundOther: true }));
      assert.deepEqual(await kept(tokenOf({ ...SOURCE, fingerprint })), tokenOf({ ...SOURCE, fingerprint }));
      const { token } = (await kept(tokenOf(SOURCE))) as { token: { fingerprint?: string } };
      assert.ok(await isFingerprintOf(token.fingerprint ?? "", VALUE));
    });

    it("is the reference with a fingerprint by a recipe of its own, if none is known", async () => {
      const recipe = async () => {
        const { token } = (await kept(tokenOf(SOURCE))) as { token: { fingerprint?: string } };
        return recipeOf(token.fingerprint);
      };
      const [first, second] = [await recipe(), await recipe()];
      assert.ok(first !== undefined && second !== undefined);
      assert.notEqual(first, second);
    });

    it("says at which version it was not read", () => {
      const row = { type: "token", version: 4 } as const;
      assert.deepEqual(unread(tokenOf(VALUE), row), tokenOf({ unreadVersion: 4 }));
      const source = { ...SOURCE, fingerprint };
      assert.deepEqual(unread(tokenOf(source), row), tokenOf({ ...source, unreadVersion: 4 }));
      const account = { type: "password", version: 4 } as const;
      assert.deepEqual(unread(accountOf(VALUE), account), accountOf({ unreadVersion: 4 }));
      assert.deepEqual(unread(tokenOf(VALUE), account), accountOf({ unreadVersion: 4 }, ""));
      assert.deepEqual(unread(undefined, account), accountOf({ unreadVersion: 4 }, ""));
    });

    it("tells whether its value was read", () => {
      assert.deepEqual(
        [
          tokenOf({ unreadVersion: 4 }),
          accountOf({ ...SOURCE, unreadVersion: 4 }),
          TOKEN,
          tokenOf(SOURCE),
          undefined,
        ].map((data) => valueOf(data).isUnread),
        [true, true, false, false, false],
      );
      assert.equal(valueOf(tokenOf(null)).isUnread, false);
    });
  });

  it("has as texts, which no error may show, what it holds itself", () => {
    assert.deepEqual(valueOf(accountOf(VALUE)).texts, ["app", VALUE]);
    assert.deepEqual(valueOf(accountOf(SOURCE)).texts, ["app"]);
    assert.deepEqual(valueOf(undefined).texts, []);
  });
});
