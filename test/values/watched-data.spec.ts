import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { UNKNOWN_VALUE } from "../../provider/pulumi-values";
import { fingerprintOf, isFingerprintOf, recipeFor, recipeOf } from "../../provider/values/fingerprint";
import { valueOf, waysToGive } from "../../provider/values/kinds";
import { ValueReader } from "../../provider/values/reader";
import type { DeclaredData, SecretData } from "../../provider/values/types";
import type { CheckContext } from "../../provider/values/value";

const VARIABLE = "KEYCARD_TEST_VALUE";
const VALUE = "planted-value";
const SOURCE = { fromEnv: VARIABLE };
const URN = "urn:pulumi:dev::project::keycard:Secret::mine";
const TOKEN: SecretData = { type: "token", token: VALUE };

const tokenOf = (token: unknown) => ({ type: "token", token }) as DeclaredData;
const accountOf = (password: unknown, username = "app") =>
  ({ type: "password", username, password }) as DeclaredData;

describe("data by reference", () => {
  let notes: string[];
  let reader: ValueReader;
  let fingerprint: string;

  before(async () => (fingerprint = await fingerprintOf(VALUE, recipeFor(URN))));
  beforeEach(() => {
    notes = [];
    reader = new ValueReader((line) => notes.push(line));
    process.env[VARIABLE] = VALUE;
  });
  afterEach(() => delete process.env[VARIABLE]);

  /** The result of `check` for data. */
  const watch = (data: unknown, olds?: unknown, context: Partial<CheckContext> = {}) => {
    const told = { urn: URN, preview: true, ignoresData: false, isAdopted: false };
    const tools = { reader, initialValues: new Map(), ways: waysToGive() };
    return valueOf(data).check(valueOf(olds), { ...told, ...tools, ...context });
  };
  const fingerprintIn = ({ data }: { data: unknown }) =>
    (data as { token: { fingerprint?: string } }).token.fingerprint ?? "";

  describe("is written down with a fingerprint", () => {
    it("of the value, which is there to be judged but not to be kept", async () => {
      const { data, text, problems } = await watch(tokenOf(SOURCE), undefined, { preview: false });
      assert.deepEqual(data, tokenOf({ ...SOURCE, fingerprint }));
      assert.equal(text, VALUE);
      assert.equal(problems, undefined);
      assert.deepEqual([notes, [...reader.hidden]], [[], [VALUE]]);
    });

    it("of a password as of a token", async () => {
      const { data, text } = await watch(accountOf(SOURCE), undefined, { preview: false });
      assert.deepEqual([data, text], [accountOf({ ...SOURCE, fingerprint }), VALUE]);
    });

    it("that is made anew by the recipe of the state, even for another source", async () => {
      const recipe = recipeFor("urn:before:it:was:renamed");
      for (const source of [SOURCE, { fromEnv: "ANOTHER" }]) {
        const old = { ...source, fingerprint: await fingerprintOf("other-value", recipe) };
        const found = fingerprintIn(await watch(tokenOf(SOURCE), tokenOf(old)));
        assert.equal(recipeOf(found), recipe);
        assert.ok(await isFingerprintOf(found, VALUE));
      }
    });

    it("that nobody can set in the program", async () => {
      const foreign = { ...SOURCE, fingerprint: await fingerprintOf("other-value", recipeFor("urn:other")) };
      const found = fingerprintIn(await watch(tokenOf(foreign), undefined, { preview: false }));
      assert.ok(await isFingerprintOf(found, VALUE));
    });
  });

  it("has an unknown fingerprint in the preview of a new secret, which compares nothing", async () => {
    let computed = 0;
    const hook = createHook({ init: (_id, type) => void (computed += type === "SCRYPTREQUEST" ? 1 : 0) });
    hook.enable();
    const { data, text } = await watch(tokenOf(SOURCE));
    assert.equal(computed, 0);
    // A value that takes the place of another one may be the same.
    await watch(tokenOf(SOURCE), tokenOf(VALUE));
    hook.disable();
    assert.equal(computed, 1);
    assert.deepEqual([data, text], [tokenOf({ ...SOURCE, fingerprint: UNKNOWN_VALUE }), VALUE]);
  });

  it("is taken as it is if the engine ignores its changes", async () => {
    process.env[VARIABLE] = "changed-value";
    const old = tokenOf({ ...SOURCE, fingerprint });
    const elsewhere = tokenOf({
      ...SOURCE,
      fingerprint: await fingerprintOf(VALUE, recipeFor("urn:before")),
    });
    assert.deepEqual(await watch(old, old), { data: old });
    assert.deepEqual(await watch(elsewhere, elsewhere, { ignoresData: true }), {
      data: elsewhere,
    });
    assert.ok(await isFingerprintOf(fingerprintIn(await watch(elsewhere, elsewhere)), "changed-value"));
    assert.ok(await isFingerprintOf(fingerprintIn(await watch(tokenOf(SOURCE), old)), "changed-value"));
  });

  describe("that cannot be read", () => {
    beforeEach(() => delete process.env[VARIABLE]);

    it("keeps the fingerprint of the state, which a line tells", async () => {
      const old = tokenOf({ ...SOURCE, fingerprint });
      assert.deepEqual(await watch(tokenOf(SOURCE), old), { data: old });
      assert.deepEqual(notes, [
        `The environment variable ${VARIABLE} is not set (used by Secret mine): ` +
          "the value was not compared, and the stored fingerprint is kept.",
      ]);
    });

    it("is not corrected in Keycard, which a line tells if a read has found another value there", async () => {
      const found = await valueOf(tokenOf({ ...SOURCE, fingerprint })).keptAfterRead(
        { type: "token", token: "other-value" },
        valueOf(undefined),
      );
      const other = await fingerprintOf("other-value", recipeFor(URN));
      assert.deepEqual(found, tokenOf({ ...SOURCE, fingerprint: other, foundOther: true }));
      assert.deepEqual(await watch(tokenOf(SOURCE), found), { data: found });
      assert.match(
        notes.join(),
        /was not compared\. The last read found another one in Keycard, which stays\.$/,
      );
      process.env[VARIABLE] = "other-value";
      reader = new ValueReader((line) => notes.push(line));
      const { data } = await watch(tokenOf(SOURCE), found);
      assert.deepEqual(data, tokenOf({ ...SOURCE, fingerprint: other }));
      assert.equal(valueOf(data).changeFrom(valueOf(found)), "none");
    });

    it("has an unknown fingerprint in a preview without one, which says what is to come", async () => {
      const unknown = tokenOf({ ...SOURCE, fingerprint: UNKNOWN_VALUE });
      assert.deepEqual((await watch(tokenOf(SOURCE))).data, unknown);
      assert.match(notes.join(), /: `pulumi up` needs the value to create the secret\.$/);
      const other = tokenOf({ fromEnv: "ANOTHER", fingerprint });
      assert.deepEqual((await watch(tokenOf(SOURCE), other, { urn: `${URN}-2` })).data, unknown);
      assert.match(notes.join(), /mine-2\): `pulumi up` needs the value to update the secret\.$/);
    });

    it("has none in a run, which is about to fail by itself", async () => {
      assert.deepEqual(await watch(tokenOf(SOURCE), undefined, { preview: false }), {
        data: tokenOf(SOURCE),
      });
      assert.deepEqual(notes, []);
    });

    it("is told in a preview of the plugin, unless a fingerprint was kept or is not needed", async () => {
      await valueOf(tokenOf(SOURCE)).noteIfUnreadable(reader, false, "");
      const line = `The environment variable ${VARIABLE} is not set: \`pulumi up\` needs the value to update the secret.`;
      assert.deepEqual(notes, [line]);
      notes.length = 0;
      for (const quiet of [{ ...SOURCE, fingerprint }, { ...SOURCE, unreadVersion: 1 }, VALUE, undefined]) {
        await valueOf(tokenOf(quiet)).noteIfUnreadable(
          new ValueReader((note) => notes.push(note)),
          false,
          "",
        );
      }
      assert.deepEqual(notes, []);
    });
  });

  it("is left alone if it is no reference, or a preview does not know it", async () => {
    const unknown = tokenOf({ fromEnv: UNKNOWN_VALUE });
    for (const data of [
      TOKEN,
      tokenOf({ fromEnv: "" }),
      unknown,
      UNKNOWN_VALUE,
      undefined,
      null,
      { type: "other" },
    ]) {
      assert.deepEqual((await watch(data)).data, data);
    }
    assert.deepEqual([[...reader.hidden], notes], [[], []]);
  });

  describe("whose value was never read after somebody changed it", () => {
    const unread = { ...SOURCE, unreadVersion: 3 };

    it("is kept if the engine ignores its changes", async () => {
      for (const data of [tokenOf(unread), tokenOf({ unreadVersion: 3 })]) {
        const { problems = [], ...others } = await watch(data, data);
        assert.deepEqual([others, problems], [{ data }, []]);
      }
    });

    it("cannot be sent with another part of the data", async () => {
      const data = accountOf({ unreadVersion: 3 }, "new");
      const { problems, ...others } = await watch(data, accountOf({ unreadVersion: 3 }));
      assert.deepEqual(others, { data });
      assert.match(
        problems?.join() ?? "",
        /^`data\.password` was changed .*remove `data\.password` from .*`ignoreChanges`/,
      );
    });

    it("is fingerprinted anew once it is declared", async () => {
      const found = fingerprintIn(await watch(tokenOf(SOURCE), tokenOf({ ...unread, fingerprint })));
      assert.equal(found, fingerprint);
    });

    it("keeps no fingerprint that may be of another value", async () => {
      delete process.env[VARIABLE];
      const { data } = await watch(tokenOf(SOURCE), tokenOf({ ...unread, fingerprint }));
      assert.deepEqual(data, tokenOf({ ...SOURCE, fingerprint: UNKNOWN_VALUE }));
    });
  });
});

describe("a value that is known as long as a call", () => {
  const reader = new ValueReader(assert.fail);

  it("is in no error of the call, and is forgotten with its end", async () => {
    await assert.rejects(
      reader.during((hide) => {
        hide("planted-value");
        assert.deepEqual([...reader.hidden], ["planted-value"]);
        return Promise.reject(new Error("no planted-value here"));
      }),
      ({ message, stack }: Error) => !`${message}${stack}`.includes("planted-value"),
    );
    assert.deepEqual([...reader.hidden], []);
    assert.equal(await reader.during(() => Promise.resolve(1)), 1);
  });

  it("is none if nothing was hidden, and the error stays the same", async () => {
    const error = new Error("other");
    const thrown = await reader.during(() => Promise.reject(error)).catch((reason: unknown) => reason);
    assert.equal(thrown, error);
  });
});
