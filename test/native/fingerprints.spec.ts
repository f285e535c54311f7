import assert from "node:assert/strict";
import { Fingerprints } from "../../provider/engine/plugin/fingerprints";
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

  it("are restored if the value was read, for its own resource alone", () => {
    const inputs = { data: fingerprints.withhold(URN, dataOf(whole), undefined) };
    assert.deepEqual(fingerprints.restore(URN, inputs), { data: dataOf(whole) });
    assert.equal(fingerprints.restore(OTHER, inputs), inputs);
    fingerprints.withhold(URN, dataOf(), undefined);
    assert.equal(fingerprints.restore(URN, inputs), inputs);
  });

  it("are those before a refresh, with which its result is compared", () => {
    fingerprints.remember(URN, dataOf(whole));
    const { data } = { data: fingerprints.withoutHash(dataOf(whole)) };
    assert.deepEqual(data, dataOf(`${own}$`));
    assert.deepEqual(fingerprints.restore(URN, { data }), { data: dataOf(whole) });
  });

  it("do not exist for a value that is given in another way", () => {
    for (const data of [
      undefined,
      { type: "token", token: "t" },
      { type: "token", token: { generated: { length: 20 } } },
    ]) {
      assert.equal(fingerprints.withhold(URN, data, undefined), data);
      assert.equal(fingerprints.withoutHash(data), data);
      const inputs = { data };
      assert.equal(fingerprints.restore(URN, inputs), inputs);
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
