import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { DynamicProvider } from "../../provider/engine/dynamic";
import {
  type Call,
  HIDDEN_INPUT,
  asSecret,
  hiddenOptions,
  takeHiddenInput,
  writeHiddenInput,
} from "../../provider/pulumi-values";
import type { SecretProvider } from "../../provider/secret/provider";

const URN = "urn:pulumi:s::p::t::name";
const data = { type: "token", token: "planted-value" };
const props = { name: "n", data };
const sent = { ...props, __provider: "loader" };

/** As the SDK marks a secret. */
const marked = {
  name: "n",
  data: { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value: data },
};

/** A core that answers with the same properties, and records the calls that it gets. */
function coreWith(changes: object = {}) {
  const calls: Call[] = [];
  const plans: unknown[] = [];
  const core = {
    check: (call: Call, _olds: object, inputs: object) => {
      calls.push(call);
      return Promise.resolve({ inputs, problems: ["r"] });
    },
    diff: (call: Call, _id: string, _state: object, _news: object, plan: unknown) => {
      calls.push(call);
      plans.push(plan);
      return Promise.resolve({ changes: false, replaces: [], differences: [] });
    },
    create: (call: Call) => {
      calls.push(call);
      return Promise.resolve({ id: "s1", outs: props });
    },
    read: () => Promise.resolve({ id: "s1", props, inputs: props }),
    update: () => Promise.resolve(props),
    delete: () => Promise.resolve(),
    ...changes,
  };
  return { provider: new DynamicProvider(core as unknown as SecretProvider), calls, plans };
}

const told = (urn = URN) => ({ [HIDDEN_INPUT]: writeHiddenInput({ urn, preview: true }) });

describe("the input that tells `check` of options", () => {
  it("names the arguments that `hideDiffs` covers in a preview, and nowhere else", () => {
    const options = hiddenOptions({ hideDiffs: ["data.token", '["metadata"].team', "description", "*"] });
    const hidesIn = (preview: boolean) =>
      takeHiddenInput({ [HIDDEN_INPUT]: writeHiddenInput({ ...options, urn: URN, preview }) }).told;
    assert.deepEqual(hidesIn(true)?.hides, ["data", "metadata", "description"]);
    assert.deepEqual([hidesIn(false)?.hides, hidesIn(true)?.urn], [undefined, URN]);
    assert.deepEqual(hiddenOptions({ hideDiffs: [] }), {});
    assert.deepEqual(hiddenOptions({ hideDiffs: ["data"], transforms: [(args) => args] }), {});
  });
});

describe("the provider of dynamic resources", () => {
  it("marks data as a secret in every result", async () => {
    const { provider } = coreWith();
    assert.deepEqual(await provider.check({}, { ...sent, ...told() }), {
      inputs: marked,
      failures: [{ property: "", reason: "r" }],
    });
    assert.deepEqual(await provider.create(sent), { id: "s1", outs: marked });
    assert.deepEqual(await provider.read("s1", sent), { id: "s1", props: marked, inputs: marked });
    assert.deepEqual(await provider.update("s1", sent, sent), { outs: marked });
    assert.deepEqual(await provider.diff("s1", sent, sent), { changes: false });
  });

  it("marks each part of data if a transform may have taken its mark away", async () => {
    const password = { fromCommand: ["op", "read"], trim: true };
    const data = { type: "password", username: "u", password };
    const parts = {
      type: asSecret("password"),
      username: asSecret("u"),
      password: { fromCommand: asSecret(["op", "read"]), trim: asSecret(true) },
    };
    const { provider } = coreWith({ check: () => Promise.resolve({ inputs: { data }, problems: [] }) });
    const transformed = { [HIDDEN_INPUT]: writeHiddenInput({ urn: URN, isTransformed: true }) };
    for (const hidden of [transformed, {}]) {
      assert.deepEqual((await provider.check({}, { ...sent, ...hidden })).inputs, { data: asSecret(parts) });
    }
  });

  it("marks nothing if there is no data", async () => {
    const { provider } = coreWith({ read: () => Promise.resolve({ id: "", props: {} }) });
    assert.deepEqual(await provider.read("s1", sent), { id: "", props: {} });
  });

  it("marks a secret that is only read, and returns no inputs for it", async () => {
    const { provider } = coreWith({ read: () => Promise.resolve({ id: "s1", props, isUnmanaged: true }) });
    assert.deepEqual(await provider.read("s1", sent), { id: "s1", props: { ...marked, __unmanaged: true } });
  });

  it("completes the state that an error contains", async () => {
    for (const name of ["create", "update"] as const) {
      const error = Object.assign(new Error("no answer"), { id: "s1", properties: props, reasons: ["r"] });
      const failing = (reason: Error) => coreWith({ [name]: () => Promise.reject(reason) }).provider;
      const call = (provider: DynamicProvider) =>
        name === "create" ? provider.create(sent) : provider.update("s1", sent, sent);
      await assert.rejects(call(failing(error)), {
        message: "no answer",
        properties: { ...marked, __provider: "loader" },
      });
      await assert.rejects(call(failing(new Error("refused"))), { message: "refused" });
    }
  });

  it("tells the core the URN of a create and of a diff, which it has from check", async () => {
    const { provider, calls, plans } = coreWith();
    await provider.check({}, { ...sent, ...told() });
    await provider.create(sent);
    await provider.check({ name: "old" }, { ...sent, ...told() });
    await provider.diff("s1", sent, sent);
    assert.deepEqual(
      calls.map(({ urn, preview }) => [urn, preview]),
      Array(4).fill([URN, true]),
    );
    assert.deepEqual(plans, [{ olds: { name: "old" } }]);
  });

  it("tells the core no plan if check was not called, as in a refresh", async () => {
    const { provider, plans } = coreWith();
    await provider.diff("s1", sent, sent);
    assert.deepEqual(plans, [undefined]);
  });

  it("does not say which of two resources with the same arguments had which before", async () => {
    const { provider, calls, plans } = coreWith();
    for (const urn of [URN, `${URN}-too`]) await provider.check({ name: urn }, { ...sent, ...told(urn) });
    for (const id of ["s1", "s2"]) await provider.diff(id, sent, sent);
    assert.deepEqual(
      calls.slice(2).map(({ urn }) => urn),
      [URN, `${URN}-too`],
    );
    assert.deepEqual(plans, [{ olds: undefined }, { olds: undefined }]);
  });

  it("names a resource by its arguments if a transformation has removed the hidden input", async () => {
    const { provider, calls } = coreWith();
    const args = { zoneId: "z", entityId: "e", ...sent };
    await provider.check({}, args);
    await provider.check({}, { ...args, name: "other" });
    const [one, two] = calls;
    assert.ok(one && two && one.urn !== two.urn);
    assert.deepEqual([one.preview, one.ignoresData], [false, true]);
  });
});
