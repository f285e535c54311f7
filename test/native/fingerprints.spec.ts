import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { CheckRequest, CreateRequest, DiffRequest, UpdateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { PluginConfig } from "../../provider/engine/plugin/config";
import { Fingerprints } from "../../provider/engine/plugin/fingerprints";
import { decode, encode } from "../../provider/engine/plugin/properties";
import { ResourceCalls } from "../../provider/engine/plugin/resource-calls";
import { HIDDEN_INPUT, UNKNOWN_VALUE, writeHiddenInput } from "../../provider/pulumi-values";
import { SecretProvider } from "../../provider/secret/provider";
import { anyRecipe, fingerprintOf, recipeFor } from "../../provider/values/fingerprint";
import { valueOf } from "../../provider/values/kinds";

const URN = "urn:pulumi:dev::p::keycard-secrets:index:Secret::a";
const OTHER = `${URN}-other`;
const SOURCE = { fromEnv: "NAME" };
const dataOf = (fingerprint?: string, source: object = SOURCE) => ({
  type: "token",
  token: { ...source, ...(fingerprint !== undefined && { fingerprint }) },
});

describe("the fingerprints of the plugin's inputs", () => {
  const own = recipeFor(URN);
  let whole: string;
  let fingerprints: Fingerprints;
  before(async () => (whole = await fingerprintOf("planted", own)));
  beforeEach(() => (fingerprints = new Fingerprints()));

  it("are the same whether or not the value could be read", async () => {
    const held = anyRecipe();
    for (const [before, recipe] of [
      [undefined, own],
      [dataOf(`${held}$`), held],
      [dataOf(await fingerprintOf("planted", held)), held],
      [dataOf("edited"), own],
      [
        { type: "token", token: { generated: { length: 20 }, fingerprint: await fingerprintOf("x", held) } },
        own,
      ],
    ] as const) {
      const read = dataOf(await fingerprintOf("planted", recipe));
      for (const found of [read, dataOf(), dataOf(`${recipe}$`)]) {
        assert.deepEqual(fingerprints.withhold(URN, found, before), dataOf(`${recipe}$`));
      }
    }
  });

  it("are restored if the value was read, for its own resource alone", async () => {
    for (const [checked, compute] of [
      [dataOf(whole), undefined],
      [dataOf(`${own}$`), () => Promise.resolve(whole)],
    ] as const) {
      const inputs = { data: fingerprints.withhold(URN, checked, undefined, compute) };
      assert.deepEqual(inputs, { data: dataOf(`${own}$`) });
      assert.deepEqual(await fingerprints.restore(URN, inputs), { data: dataOf(whole) });
      assert.equal(await fingerprints.restore(OTHER, inputs), inputs);
      fingerprints.withhold(URN, dataOf(), undefined);
      assert.equal(await fingerprints.restore(URN, inputs), inputs);
    }
  });

  it("are those before a refresh, with which its result is compared", async () => {
    fingerprints.remember(URN, dataOf(whole));
    const { data } = { data: fingerprints.withoutHash(dataOf(whole)) };
    assert.deepEqual(data, dataOf(`${own}$`));
    assert.deepEqual(await fingerprints.restore(URN, { data }), { data: dataOf(whole) });
  });

  it("do not exist for a value that is given in another way", async () => {
    for (const data of [
      undefined,
      { type: "token", token: "t" },
      { type: "token", token: { generated: { length: 20 } } },
    ]) {
      assert.equal(fingerprints.withhold(URN, data, undefined), data);
      assert.equal(fingerprints.withoutHash(data), data);
      const inputs = { data };
      assert.equal(await fingerprints.restore(URN, inputs), inputs);
    }
  });

  it("without a hash are no change of the same source, unless the value may have changed", async () => {
    const now = valueOf(dataOf(`${own}$`));
    const held = valueOf(dataOf(whole));
    assert.equal(now.changeFrom(held), "none");
    assert.deepEqual(now.keptUnsent(held), held.data);
    for (const other of [
      dataOf(whole, { fromEnv: "OTHER" }),
      dataOf(await fingerprintOf("planted", anyRecipe())),
      dataOf(),
      { type: "token", token: { ...SOURCE, fingerprint: whole, unreadVersion: 2 } },
      { type: "password", username: "app", password: { ...SOURCE, fingerprint: whole } },
    ]) {
      assert.equal(now.changeFrom(valueOf(other)), "value");
    }
  });
});

describe("a fingerprint, which takes milliseconds,", () => {
  const VARIABLE = "KEYCARD_TEST_FINGERPRINTS";
  const SOURCES = ["a", "b", "c"].map((name) => ({ source: { fromEnv: `${VARIABLE}_${name}` }, name }));
  const argsOf = (token: unknown) => ({
    ...{ zoneId: "zone_1", entityId: "ent_1", name: "a" },
    data: { type: "token", token },
  });
  const [{ source }, ...others] = SOURCES as [(typeof SOURCES)[0], ...typeof SOURCES];
  const ARGS = argsOf(source);
  const AHEAD = { total: 0, sources: others.map(({ source, name }): [object, string] => [source, name]) };
  const computed = createHook({ init: (_id, type) => void (count += type === "SCRYPTREQUEST" ? 1 : 0) });
  let count: number;
  let calls: ResourceCalls;
  let state: ReturnType<typeof argsOf>;

  before(
    async () => (state = argsOf({ ...source, fingerprint: await fingerprintOf("planted", recipeFor(URN)) })),
  );
  beforeEach(() => {
    for (const { source } of SOURCES) process.env[source.fromEnv] = "planted";
    calls = new ResourceCalls(new SecretProvider(assert.fail), () => new PluginConfig());
    count = 0;
    computed.enable();
  });
  afterEach(() => {
    computed.disable();
    for (const { source } of SOURCES) delete process.env[source.fromEnv];
  });

  const check = async (olds: object) => {
    const told = writeHiddenInput({ urn: URN, ahead: AHEAD }) as { value: string };
    const news = encode({ ...ARGS, [HIDDEN_INPUT]: told.value });
    const answer = await calls.check(new CheckRequest().setUrn(URN).setOlds(encode(olds)).setNews(news));
    return decode<typeof ARGS>(answer.getInputs()).props;
  };

  it("is not computed in a preview of new secrets", async () => {
    const inputs = await check({});
    assert.deepEqual(inputs, argsOf({ ...source, fingerprint: `${recipeFor(URN)}$` }));
    const request = new CreateRequest().setUrn(URN).setPreview(true).setProperties(encode(inputs));
    const planned = decode((await calls.create(request)).getProperties()).props;
    assert.deepEqual(planned["data"], { type: "token", token: { ...source, fingerprint: UNKNOWN_VALUE } });
    assert.equal(count, 0);
  });

  it("is computed once for a secret that exists, and ahead for those that follow it", async () => {
    const inputs = await check(state);
    const props = { ...state, type: "token", version: 1, createdAt: "2026-01-01", updatedAt: "2026-01-01" };
    const request = new DiffRequest().setUrn(URN).setId("sec_1").setOlds(encode(props));
    const diff = async (news: object) => (await calls.diff(request.setNews(encode(news)))).getDiffsList();
    assert.deepEqual(await diff(inputs), []);
    const update = new UpdateRequest().setUrn(URN).setId("sec_1").setPreview(true).setOlds(encode(props));
    const planned = decode((await calls.update(update.setNews(encode(inputs)))).getProperties()).props;
    assert.deepEqual(planned["data"], state.data);
    assert.equal(count, SOURCES.length);
    process.env[source.fromEnv] = "planted-other";
    calls = new ResourceCalls(new SecretProvider(assert.fail), () => new PluginConfig());
    assert.deepEqual(await diff(await check(state)), ["data"]);
  });
});
