import assert from "node:assert/strict";
import sinon from "sinon";
import { HIDDEN_INPUT, writeHiddenInput } from "../../provider/pulumi-values";
import type { SecretInputs } from "../../provider/secret/fields";
import type { SecretState } from "../../provider/secret/state";
import {
  LOADER,
  VALUE,
  account,
  bare,
  check,
  create,
  created,
  diff,
  failureOf,
  get,
  keycard,
  list,
  nextRun,
  noRetries,
  patch,
  provider,
  read,
  start,
  update,
  useProvider,
} from "../support/secret-provider";

const QUICK = { "keycard:attemptTimeoutSeconds": "1", "keycard:totalTimeoutSeconds": "2" };

const declared = (initialValue: unknown = VALUE, args: object = {}) =>
  ({ ...bare, ...args, data: { type: "token", token: { initialValue } } }) as unknown as SecretInputs;

const asAccount = () =>
  ({ ...bare, data: { ...account, password: { initialValue: VALUE } } }) as unknown as SecretInputs;

const checked = async (args: SecretInputs = declared()) => (await check(args)).inputs;

const problems = async (args: object) => (await check(args)).failures.map(({ reason }) => reason);

const keptIn = ({ data }: { data: unknown }) => (data as { token: Record<string, unknown> }).token;

describe("an initial value", () => {
  useProvider();

  it("an initial value is not in what check returns, and create sends it", async () => {
    await start();
    const inputs = await checked();
    assert.ok(!JSON.stringify(inputs).includes(VALUE));
    const { outs } = await create(inputs);
    assert.deepEqual(keycard.secret("sec_1")?.data, bare.data);
    assert.deepEqual(keptIn(outs), keptIn(inputs));
    assert.deepEqual(Object.keys(keptIn(outs)), ["initialValue"]);
  });

  it("each secret gets its own initial value if several differ in nothing else", async () => {
    await start();
    const all = [];
    for (const name of ["one", "two", "three"]) {
      const registration = writeHiddenInput({ urn: `urn:pulumi:s::p::t::${name}`, preview: false });
      all.push(await check({ ...declared(`planted-${name}`), [HIDDEN_INPUT]: registration }));
    }
    for (const { inputs } of all.reverse()) await create(inputs);
    assert.deepEqual(
      keycard.secrets().map(({ data }) => (data as { token: string }).token),
      ["planted-three", "planted-two", "planted-one"],
    );
  });

  it("a refresh never reads an initial value, even if the listing fails or lacks the secret", async () => {
    await start();
    const state = await created(await checked());
    keycard.edit("sec_1", { data: { type: "token", token: "planted-theirs" }, name: "Theirs" });
    const { props, inputs } = await read(state);
    assert.deepEqual([inputs.name, props.data, keycard.calls()], ["Theirs", state.data, [list]]);
    nextRun();
    keycard.faults.add({ method: "GET", kind: { status: 403 }, times: Infinity });
    await failureOf(read(state));
    assert.ok(!keycard.calls().some(({ path }) => path === get.path));
    keycard.faults.clear();
    keycard.remove("sec_1");
    nextRun();
    assert.equal((await read({ ...state, createdAt: "2020-01-01T00:00:00Z" })).id, "");
    assert.ok(!keycard.calls().some(({ path }) => path === get.path));
  });

  it("a type that was changed in Keycard is a drift, and the initial value is sent again", async () => {
    await start();
    const state = await created(await checked());
    keycard.edit("sec_1", { data: account });
    const { props, inputs } = await read(state);
    assert.deepEqual([props.type, inputs.data.type], ["password", "password"]);
    const news = await checked();
    assert.deepEqual(await diff(props, news), { replaces: [] });
    keycard.clearLog();
    const { outs } = await update(props, news);
    assert.deepEqual(keycard.calls(), [patch({ data: bare.data })]);
    assert.deepEqual(outs.data, state.data);
  });

  it("a changed user name beside an initial value is not sent", async () => {
    await start();
    const state = await created(await checked(asAccount()));
    const renamed = asAccount();
    const news = await checked({
      ...renamed,
      data: { ...renamed.data, username: "web" } as SecretInputs["data"],
    });
    assert.deepEqual(await diff(state, news), { changes: false });
    await update(state, { ...news, description: "New" });
    assert.deepEqual(keycard.calls(), [patch({ description: "New" })]);
  });

  it("the next run recognizes an unconfirmed create, even if the program gives another initial value", async () => {
    await start({}, QUICK);
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
    const { id, properties } = await failureOf(create(await checked()));
    const state = properties as SecretState;
    assert.ok(!JSON.stringify(state).includes(VALUE));
    keycard.faults.clear();
    nextRun();
    const again = await checked(declared("planted-other"));
    await provider.diff(id as string, { ...state, __provider: LOADER }, again);
    keycard.clearLog();
    const { outs } = await create(await checked(declared("planted-other")));
    assert.ok(!keycard.calls().some(({ method }) => method !== "GET"));
    assert.deepEqual([keycard.secrets().length, Object.keys(keptIn(outs))], [1, ["initialValue"]]);
  });

  it("a refresh confirms an unconfirmed create with an initial value, and keeps no fingerprint", async () => {
    await start({}, QUICK);
    keycard.faults.add({ method: "POST", kind: { drop: "after" } });
    keycard.faults.add({ kind: { drop: "before" }, times: Infinity });
    const { id, properties } = await failureOf(create(await checked()));
    keycard.faults.clear();
    nextRun();
    const found = await provider.read(id as string, properties as never);
    assert.deepEqual(
      [found.id, Object.keys(keptIn(found.props as SecretState))],
      ["sec_1", ["initialValue"]],
    );
    nextRun();
    await provider.delete(id as string, properties as never);
    assert.deepEqual(keycard.secrets(), []);
  });

  it("an update of the type that got no answer is confirmed without reading the value", async () => {
    await start({}, QUICK);
    const state = await created(await checked());
    noRetries();
    keycard.faults.add({ method: "PATCH", kind: { drop: "after" } });
    const { outs } = await update(state, await checked(asAccount()));
    sinon.restore();
    assert.deepEqual(
      keycard.calls().map(({ method, path }) => [method, path]),
      [
        ["PATCH", get.path],
        ["GET", list.path],
      ],
    );
    assert.equal(outs.type, "password");
  });

  it("an initial value that cannot be read is an error only when it has to be sent", async () => {
    await start();
    const args = declared({ fromEnv: "A_VARIABLE_THAT_IS_NOT_SET" });
    assert.deepEqual(await problems(args), []);
    const { message } = await failureOf(create(await checked(args)));
    assert.match(
      message,
      /^The environment variable A_VARIABLE_THAT_IS_NOT_SET is not set. The value is needed for this update/,
    );
    const state = await created(await checked());
    await update(state, { ...(await checked(args)), description: "New" });
    assert.deepEqual(keycard.calls(), [patch({ description: "New" })]);
  });

  it("the preview names what is wrong with an initial value", async () => {
    await start();
    assert.deepEqual(await problems(declared("")), [
      '`data.token.initialValue` is empty: set it to the value, or to a reference such as fromEnv("NAME")',
    ]);
    assert.deepEqual(await problems(declared(7)), [
      "`data.token.initialValue` must be a string, or one of fromEnv, fromFile and fromCommand",
    ]);
    assert.deepEqual(await problems(declared({ fromEnv: "A=b" })), [
      '`data.token.initialValue.fromEnv` cannot contain "=": write only the name, as in fromEnv("NAME"), ' +
        "and set the variable where `pulumi up` runs",
    ]);
    assert.deepEqual(await problems(declared(VALUE, { description: `It is ${VALUE}` })), [
      "`description` contains the secret's value, but Keycard encrypts only `data`: remove it",
    ]);
    const state = await created(await checked());
    assert.deepEqual(await problems({ ...bare, name: "copy", data: state.data }), [
      '`data.token` is the initial value of another secret, which is stored nowhere: write initialValue("value")',
    ]);
    const username = { initialValue: VALUE };
    assert.match(
      (await problems({ ...bare, data: { ...account, username } })).join(),
      /only `data\.token` and/,
    );
  });
});
