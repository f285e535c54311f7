import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { dynamic } from "@pulumi/pulumi";
import { markingData } from "../../provider/engine/dynamic";

const data = { type: "token", token: "planted-value" };
const props = { name: "n", data };

/** As the SDK marks a secret. */
const marked = {
  name: "n",
  data: { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value: data },
};

const plain: Required<dynamic.ResourceProvider> = {
  configure: () => Promise.resolve(),
  check: () => Promise.resolve({ inputs: props, failures: [{ property: "", reason: "r" }] }),
  diff: () => Promise.resolve({ changes: false }),
  create: () => Promise.resolve({ id: "s1", outs: props }),
  read: () => Promise.resolve({ id: "s1", props, inputs: props }),
  update: () => Promise.resolve({ outs: props }),
  delete: () => Promise.resolve(),
};

describe("the door to the engine", () => {
  const door = markingData(plain);

  it("marks data as a secret in every result", async () => {
    assert.deepEqual(await door.check({}, {}), { inputs: marked, failures: [{ property: "", reason: "r" }] });
    assert.deepEqual(await door.create({}), { id: "s1", outs: marked });
    assert.deepEqual(await door.read("s1", {}), { id: "s1", props: marked, inputs: marked });
    assert.deepEqual(await door.update("s1", {}, {}), { outs: marked });
    assert.deepEqual(await door.diff("s1", {}, {}), { changes: false });
  });

  it("marks nothing if there is no data", async () => {
    const none = markingData({ ...plain, read: () => Promise.resolve({ id: "", props: {} }) });
    assert.deepEqual(await none.read("s1", {}), { id: "", props: {} });
  });

  it("marks data in the state that an error contains", async () => {
    for (const name of ["create", "update"] as const) {
      const error = Object.assign(new Error("no answer"), { id: "s1", properties: props, reasons: ["r"] });
      const failing = markingData({ ...plain, [name]: () => Promise.reject(error) });
      await assert.rejects(failing[name]("s1" as never, {}, {}), {
        message: "no answer",
        properties: marked,
      });
      const simple = markingData({ ...plain, [name]: () => Promise.reject(new Error("refused")) });
      await assert.rejects(simple[name]("s1" as never, {}, {}), { message: "refused" });
    }
  });
});
