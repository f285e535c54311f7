import assert from "node:assert/strict";
import sinon from "sinon";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import type { ValueReader } from "../../provider/values/reader";
import type { FaultKind, FaultOptions } from "../emulator";
import {
  LOADER,
  PATH,
  SECRET,
  bare,
  check,
  create,
  created,
  diff,
  failureOf,
  get,
  keycard,
  nextRun,
  noRetries,
  notes,
  provider,
  read,
  remove,
  sent,
  start,
  update,
  useProvider,
} from "../support/secret-provider";

const QUICK = { "keycard:attemptTimeoutSeconds": "1", "keycard:totalTimeoutSeconds": "2" };

const declared = (options: object = { length: 32 }) =>
  ({ ...bare, data: { type: "token", token: { generated: options } } }) as unknown as SecretInputs;

/** The result of `check` for the arguments of a new secret. */
const checked = async (options?: object) => (await check(declared(options))).inputs;

const now = () => (keycard.secret("sec_1")?.data as { token: string }).token;
const writes = () => keycard.calls().filter(({ method }) => method !== "GET");
const keptIn = ({ data }: { data: unknown }) => (data as { token: Record<string, unknown> }).token;

/** Makes every request after the first one of a method fail, so that the provider cannot find out what happened. */
function cutOffAfter(method: string, kind: FaultKind = { drop: "after" }): void {
  keycard.faults.add({ method, kind } satisfies FaultOptions);
  keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
}

/** The ID and the state that the engine records after a failed call. */
async function recordedBy(call: Promise<unknown>): Promise<{ id: string; state: SecretState }> {
  const { id, properties } = await failureOf(call);
  assert.ok(properties, "nothing was recorded");
  return { id: id as string, state: properties as SecretState };
}

describe("a generated value whose answer is lost", () => {
  useProvider();

  it("a create that got no answer finds its secret by the generated value", async () => {
    await start();
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    const { outs } = await create(await checked());
    assert.deepEqual(keycard.secrets().length, 1);
    keycard.clearLog();
    assert.deepEqual((await read(outs)).props, outs);
    assert.deepEqual(await diff(outs, stateInputs(outs)), { changes: false });
    assert.ok(!JSON.stringify(outs).includes(now()));
  });

  it("the next run recognizes the secret of an unconfirmed create by the fingerprint of its generated value", async () => {
    await start({}, QUICK);
    const inputs = await checked();
    cutOffAfter("POST");
    const { id, state } = await recordedBy(create(inputs));
    assert.match(id, /^unconfirmed since /);
    const first = now();
    assert.ok(!JSON.stringify(state).includes(first));
    keycard.faults.clear();

    nextRun();
    const again = (await check(declared())).inputs;
    await provider.diff(id, { ...state, __provider: LOADER }, again);
    keycard.clearLog();
    const { outs } = await create((await check(declared())).inputs);
    assert.deepEqual([writes(), keycard.secrets().length, now()], [[], 1, first]);
    keycard.clearLog();
    assert.deepEqual(keptIn((await read(outs)).props), keptIn(outs));
    assert.equal(keptIn(outs)["fingerprint"], keptIn(state)["fingerprint"]);
  });

  it("a refresh confirms an unconfirmed create with a generated value, and a delete removes its secret", async () => {
    await start({}, QUICK);
    cutOffAfter("POST");
    const { id, state } = await recordedBy(create(await checked()));
    keycard.faults.clear();
    nextRun();
    const found = await provider.read(id, state);
    assert.equal(found.id, "sec_1");
    assert.deepEqual(keptIn(found.props as SecretState), keptIn(state));
    nextRun();
    await provider.delete(id, state);
    assert.deepEqual(keycard.secrets(), []);
  });

  it("an update that got no answer reads whether its generated value has arrived", async () => {
    await start();
    const state = await created(await checked());
    noRetries();
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" } });
    const { outs } = await update(state, await checked({ length: 40 }));
    assert.equal(now().length, 40);
    assert.deepEqual(keptIn(outs)["generated"], { length: 40 });
    assert.equal((await diff(outs, stateInputs(outs))).changes, false);
  });

  it("the next update recognizes the value of an unconfirmed one, and sends nothing", async () => {
    await start({}, QUICK);
    const state = await created(await checked());
    noRetries();
    cutOffAfter("PATCH");
    const news = await checked({ length: 40 });
    const { state: held } = await recordedBy(update(state, news));
    assert.equal(now().length, 40);
    assert.deepEqual([held.updatedAt, keptIn(held)["unreadVersion"]], ["unknown", 1]);
    sinon.restore();
    keycard.faults.clear();
    nextRun();
    keycard.clearLog();
    const { outs } = await update(held, news);
    assert.deepEqual(keycard.calls(), [get]);
    assert.equal(keptIn(outs)["unreadVersion"], undefined);
    assert.deepEqual((await read(outs)).props, outs);
  });

  it("the next update generates a value if an unconfirmed one had no effect", async () => {
    await start({}, QUICK);
    const state = await created(await checked());
    const first = now();
    noRetries();
    cutOffAfter("PATCH", { drop: "before" });
    const news = await checked({ length: 40 });
    const { state: held } = await recordedBy(update(state, news));
    assert.equal(now(), first);
    sinon.restore();
    keycard.faults.clear();
    nextRun();
    keycard.clearLog();
    const { outs } = await update(held, news);
    assert.deepEqual(
      keycard.calls().map(({ method }) => method),
      ["GET", "PATCH"],
    );
    assert.equal(now().length, 40);
    assert.deepEqual((await read(outs)).props, outs);
  });

  it("if values must not be read, the value of an unconfirmed update is unknown, and the next run replaces it", async () => {
    const forbidden = { "keycard-secrets:readValues": "false" };
    await start({}, { ...QUICK, ...forbidden });
    const state = await created(await checked());
    noRetries();
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" } });
    const news = await checked({ length: 40 });
    const { state: held } = await recordedBy(update(state, news));
    assert.equal(keptIn(held)["unreadVersion"], keycard.secret("sec_1")?.version);
    sinon.restore();
    keycard.faults.clear();
    const second = now();
    nextRun(forbidden);
    assert.notEqual((await diff(held, news)).changes, false);
    const { outs } = await update(held, news);
    assert.notEqual(now(), second);
    assert.deepEqual((await read(outs)).props, outs);
    assert.deepEqual(
      keycard.calls().filter(({ path, method }) => method === "GET" && path === SECRET),
      [],
    );
  });
});

describe("a generated value in a call", () => {
  useProvider();

  it("no error shows a generated value, and nothing keeps it after the call", async () => {
    await start();
    for (const method of ["POST", "PATCH"]) {
      const state = method === "PATCH" ? await created(await checked()) : undefined;
      let repeated = "";
      keycard.faults.add({
        method,
        kind: {
          redirect: ({ body }) => {
            repeated = ((body as SecretInputs).data as { token: string }).token;
            return `https://elsewhere.test/${repeated}`;
          },
        },
      });
      const inputs = await checked({ length: 36 });
      const error = await failureOf(state ? update(state, inputs) : create(inputs));
      assert.equal(repeated.length, 36);
      assert.ok(!JSON.stringify([error.message, error.stack, error["properties"], notes]).includes(repeated));
      assert.deepEqual([...readerOf().hidden].includes(repeated), false);
    }
  });

  const readerOf = () => (provider.core as unknown as { run: { reader: ValueReader } }).run.reader;
});

describe("a generated value that is due", () => {
  useProvider();
  const DAY_MS = 86_400_000;

  /** What a preview says about a change of a secret, in the next run. */
  const saidOf = async (
    options: object,
    {
      before = { length: 32 },
      then = (state: SecretState) => Promise.resolve(state),
      username,
    }: { before?: object; then?: (state: SecretState) => Promise<SecretState>; username?: string } = {},
  ): Promise<string[]> => {
    await start();
    const account = (generated: object, name = "app") =>
      ({
        ...bare,
        data: { type: "password", username: name, password: { generated } },
      }) as unknown as SecretInputs;
    const { inputs } = await check(account(before));
    const state = await then(await created(inputs));
    nextRun();
    const news = account(options, username);
    const { zoneId, entityId, name, data } = state;
    const held = { zoneId, entityId, name, data };
    const planned = (await provider.check(sent(held), sent(news))).inputs as SecretInputs;
    notes.length = 0;
    await diff(state, planned);
    await diff(state, planned);
    await keycard.close();
    return notes.map((line) => line.replace("A new value is generated for the secret sec_1, because ", ""));
  };

  it("says why, in one line", async () => {
    const old = (state: SecretState) => {
      const { password } = state.data as unknown as { password: { since: string } };
      const since = new Date(Date.parse(password.since) - 100 * DAY_MS).toISOString();
      const data = { ...state.data, password: { ...password, since } } as unknown as SecretState["data"];
      return Promise.resolve({ ...state, data });
    };
    const due = { length: 32, rotateAfterDays: 90 };
    assert.deepEqual(await saidOf(due, { before: due, then: old }), [
      "it is older than 90 days (rotateAfterDays).",
    ]);
    assert.deepEqual(await saidOf({ length: 32, rotation: "b" }, { before: { length: 32, rotation: "a" } }), [
      "`rotation` changed.",
    ]);
    assert.deepEqual(await saidOf({ length: 40, characters: ["lower"], rotation: "b" }), [
      "`length` and `characters` and `rotation` changed.",
    ]);
    const theirs = { type: "password", username: "app", password: "theirs" } as const;
    const edited = async (state: SecretState) => {
      keycard.edit("sec_1", { data: theirs });
      return (await read(state)).props;
    };
    assert.deepEqual(await saidOf({ length: 32 }, { then: edited }), ["it was changed in Keycard."]);
    assert.deepEqual(await saidOf({ length: 32 }, { username: "other" }), [
      "another part of `data` changed.",
    ]);
  });

  it("says that it may have been changed, if values must not be read", async () => {
    const unread = async (state: SecretState) => {
      keycard.edit("sec_1", { description: "theirs" });
      nextRun({ "keycard:readValues": "false" });
      return (await read(state)).props;
    };
    assert.deepEqual(await saidOf({ length: 32 }, { then: unread }), [
      "it may have been changed in Keycard.",
    ]);
  });

  it("says nothing of a value that is not due, or of an option that changes only the plan", async () => {
    assert.deepEqual(await saidOf({ length: 32 }), []);
    assert.deepEqual(await saidOf({ length: 32, rotateAfterDays: 90 }), []);
  });
});

describe("the options of a generated value", () => {
  useProvider();

  const problems = async (options: unknown, beside: object = {}) =>
    (
      await check({ ...bare, data: { type: "token", token: { generated: options, ...beside } } })
    ).failures.map(({ reason }) => reason);

  it("the preview names every wrong option of generated", async () => {
    await start();
    const at = "`data.token.generated";
    assert.deepEqual(await problems({ length: 32 }), []);
    assert.deepEqual(await problems({ length: 7 }), [
      `${at}.length\` must be a whole number of characters from 8 to 1024, such as 32`,
    ]);
    assert.deepEqual(
      await problems({ length: 8.5, characters: ["lowr"], rotateAfterDays: 0, rotation: 2026 }),
      [
        `${at}.length\` must be a whole number of characters from 8 to 1024, such as 32`,
        `${at}.characters\` must be a list of one or more of "lower", "upper", "digits", "symbols"`,
        `${at}.rotateAfterDays\` must be a number of days above 0, such as 90`,
        `${at}.rotation\` must be a string such as "2026-12", not a number`,
      ],
    );
    assert.deepEqual(await problems({ length: 32, characters: ["lower", "lower"] }), [
      `${at}.characters\` names a class of characters twice`,
    ]);
    assert.deepEqual(await problems({ length: 32, rotateAfter: 3 }), [
      `${at}.rotateAfter\` is not an option of generated. Did you mean \`rotateAfterDays\`? ` +
        "The options are length, characters, rotateAfterDays, rotation",
    ]);
    assert.deepEqual(await problems("32"), [
      `${at}\` must be an object such as { length: 32 }, not a string`,
    ]);
    assert.deepEqual(await problems({ length: 32 }, { fromEnv: "A" }), [
      "`data.token` has `fromEnv` and `generated`: keep one of them",
    ]);
    assert.deepEqual(await problems({ length: 32 }, { value: "A" }), [
      "`data.token` has other keys than `generated`: remove them",
    ]);
    assert.deepEqual(keycard.calls(), []);
  });

  it("a value that is given in several ways is refused with all of them", async () => {
    await start();
    const given = async (password: unknown) =>
      (await check({ ...bare, data: { type: "password", username: "app", password } })).failures.map(
        ({ reason }) => reason,
      );
    assert.deepEqual(await given({ fromEnv: "A", fromFile: "b" }), [
      "`data.password` has `fromEnv` and `fromFile`: keep one of them",
    ]);
    assert.deepEqual(await given({ fromCommand: ["a"], initialValue: "b", generated: { length: 32 } }), [
      "`data.password` has `fromCommand` and `generated` and `initialValue`: keep one of them",
    ]);
    assert.deepEqual(await given({ initialValue: { fromEnv: "A", fromCommand: ["b"] } }), [
      "`data.password.initialValue` has `fromEnv` and `fromCommand`: keep one of them",
    ]);
  });

  it("a secret with the `data` output of another takes its options, not its time or fingerprint", async () => {
    await start();
    const state = await created(await checked());
    const { inputs } = await check({ ...bare, name: "copy", data: state.data });
    assert.deepEqual(Object.keys(keptIn(inputs)), ["generated", "since"]);
    assert.notEqual(keptIn(inputs)["since"], keptIn(state)["since"]);
  });
});

describe("a secret with a generated value", () => {
  useProvider();

  it("a secret with a generated value is deleted without reading it", async () => {
    await start();
    const state = await created(await checked());
    await remove(state);
    assert.deepEqual(keycard.calls(), [{ method: "DELETE", path: SECRET }]);
  });

  it("the option ignoreChanges for `data` keeps a generated value, however old or changed it is", async () => {
    await start();
    const inputs = await checked({ length: 32, rotateAfterDays: 30 });
    const state = await created(inputs);
    sinon.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40 * 86_400_000 });
    // With `ignoreChanges`, the engine replaces the declared arguments with those in the state.
    const ignored = (olds: SecretInputs) =>
      provider.check(olds, { ...declared({ length: 40 }), data: olds.data });
    assert.deepEqual((await ignored(inputs)).inputs, inputs);
    assert.deepEqual(await diff(state, (await ignored(inputs)).inputs as SecretInputs), { changes: false });
    keycard.edit("sec_1", { data: { type: "token", token: "planted-theirs" } });
    nextRun();
    const { props, inputs: drifted } = await read(state);
    const kept = (await ignored(drifted)).inputs as SecretInputs;
    assert.deepEqual([kept.data, await diff(props, kept)], [drifted.data, { changes: false }]);
  });

  it("a rotation that only the outputs tell of is an update, although no argument differs", async () => {
    await start();
    const old = { updated_at: new Date(Date.now() - 40 * 86_400_000).toISOString() };
    const { id } = keycard.put({ id: "sec_1", name: bare.name, data: bare.data as never, ...old });
    const args = { ...declared({ length: 32, rotateAfterDays: 30 }), adoptId: id };
    const { inputs } = await check(args);
    const { outs } = await create(inputs);
    assert.deepEqual([writes(), keptIn(outs)["since"]], [[], old.updated_at]);
    nextRun();
    const again = (await provider.check(inputs, { ...args })).inputs as SecretInputs;
    assert.deepEqual(again.data, inputs.data);
    assert.deepEqual(await diff(outs, again), { changes: true, replaces: [] });
    keycard.clearLog();
    const rotated = (await update(outs, again)).outs;
    assert.equal(writes().length, 1);
    assert.deepEqual(await diff(rotated, again), { changes: false });
  });

  it("an adopted value that must not be read is kept without a fingerprint, until its version rises", async () => {
    const forbidden = { "keycard-secrets:readValues": "false" };
    await start({}, forbidden);
    const { id } = keycard.put({ id: "sec_1", name: bare.name, data: bare.data as never });
    const args = { ...declared(), adoptId: id };
    const { inputs } = await check(args);
    const { outs } = await create(inputs);
    assert.deepEqual([writes(), Object.keys(keptIn(outs)).sort()], [[], ["generated", "since"]]);
    assert.deepEqual((await read(outs)).props, outs);
    assert.deepEqual(await diff(outs, inputs), { changes: false });
    keycard.edit("sec_1", { data: { type: "token", token: "planted-theirs" } });
    nextRun(forbidden);
    const { props } = await read(outs);
    assert.notEqual((await diff(props, (await check(declared())).inputs)).changes, false);
  });

  it("a secret with a generated value is created with one request, without reading any value", async () => {
    await start();
    await create(await checked());
    assert.deepEqual(
      keycard.calls().map(({ method, path }) => [method, path]),
      [
        ["GET", PATH],
        ["POST", PATH],
      ],
    );
  });
});

/** The inputs in the engine's state after an update, in the form that `check` returned. */
function stateInputs(state: SecretState): SecretInputs {
  const { generated, since } = keptIn(state);
  return { ...bare, data: { type: "token", token: { generated, since } } } as unknown as SecretInputs;
}
