import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { noteSource } from "../../provider/program/read-ahead";
import type { ValueSource } from "../../provider/values/types";

const command = (index: number) => ({ fromCommand: ["tool", `${index}`] });
const variable = (index: number) => ({ fromEnv: `VARIABLE_${index}` });

describe("what each resource tells about those beside it", () => {
  before(() =>
    pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }),
  );

  /** The names that each of some resources tells, in their order. */
  const told = async (sources: ValueSource[]) => {
    const noted = sources.map((source, index) =>
      noteSource(`s-${index}`, "a:b:C", { type: "token", token: source }, {}),
    );
    const all = await Promise.all(noted.map(async (each) => each?.ahead));
    return all.map((ahead) => ahead?.sources.map(([, name]) => name) ?? []);
  };
  const names = (...indexes: number[]) => indexes.map((index) => `s-${index}`);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

  it("are all other commands, the next ones first, because the engine may ask for any of them", async () => {
    const all = await told(range(0, 60).map(command));
    assert.deepEqual(all[0], names(...range(1, 60)));
    assert.deepEqual(all[40], names(...range(41, 60), ...range(0, 40)));
    assert.deepEqual(all[59], names(...range(0, 59)));
  });

  it("are fewer if there are many", async () => {
    const all = await told(range(0, 400).map(command));
    assert.deepEqual(all[0], names(...range(1, 33)));
    assert.deepEqual(all[390], names(...range(391, 400), ...range(0, 23)));
    const some = await told(range(0, 200).map(command));
    assert.deepEqual(some[0], names(...range(1, 51)));
  });

  it("are only the next variables, which take no time", async () => {
    const [first] = await told(range(0, 60).map((index) => (index < 50 ? variable(index) : command(index))));
    assert.deepEqual(first, names(...range(1, 9), ...range(50, 60)));
  });
});
