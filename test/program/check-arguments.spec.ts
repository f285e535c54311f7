import assert from "node:assert/strict";
import vm from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { checkArguments } from "../../provider/program/check-arguments";

/** Converts a value in the way that a template literal does. */
const asText = (value: unknown) => `${value as string}`;

class Team {
  readonly name = "planted";
}

const loop: { self?: unknown } = {};
loop.self = loop;

const check = (args: Record<string, unknown>) => checkArguments("a", args, checkArguments as never);

const problemOf = (args: Record<string, unknown>) => {
  try {
    check(args);
  } catch (error) {
    assert.ok(!(error as Error).message.includes("planted"), "shows a value");
    return (error as Error).message;
  }
  return assert.fail("nothing was refused");
};

describe("the arguments of a program", () => {
  const refused: [string, unknown, string][] = [
    ["a date", new Date(), "is a Date, which Pulumi would store as {}: write date.toISOString()"],
    ["a map", new Map(), "is a Map, which Pulumi would store as {}: write Object.fromEntries(map)"],
    ["a set", new Set(), "is a Set, which Pulumi would store as {}: write [...set]"],
    ["a class instance", new Team(), "is an instance of the class Team, which"],
    ["bytes", Buffer.from("planted"), "is an instance of the class Buffer, which"],
    ["an error", new Error("planted"), "is an instance of the class Error, which"],
    ["a bigint", 10n, "is a bigint, which JSON does not have: write it as a string"],
    ["a function", () => "planted", "is a function, which Pulumi would drop"],
    ["a symbol", Symbol("planted"), "is a symbol, which JSON does not have"],
    ["NaN", NaN, "is NaN, which JSON does not have: write it as a string"],
    ["an endless number", -Infinity, "is -Infinity, which JSON does not have"],
    ["an object that contains itself", loop, "contains itself, which JSON cannot express"],
    ["an output in a text", `Bearer ${asText(pulumi.output("planted"))}`, "contains an output in a string"],
    ["an object in a text", `Bearer ${asText({})}`, 'contains "[object Object]", which JavaScript makes'],
    ["a promise in a text", `Bearer ${asText(Promise.resolve())}`, 'contains "[object Promise]"'],
  ];
  for (const [what, value, problem] of refused) {
    it(`${what} is rejected with its path`, async () => {
      const path = value === loop ? "`metadata.deep[1].x.self`" : "`metadata.deep[1].x`";
      const metadata = { deep: [1, { x: value }] };
      assert.ok(problemOf({ metadata }).startsWith(`Secret a: ${path} ${problem}`), problemOf({ metadata }));
      const data = { type: "token", token: value };
      const inData = value === loop ? "`data.token.self`" : "`data.token`";
      assert.ok(problemOf({ data }).startsWith(`Secret a: ${inData} ${problem}`), problemOf({ data }));
      const later = [
        pulumi.output(1).apply(() => value),
        Promise.resolve(value),
        pulumi.secret(1).apply(() => ({ x: value })),
      ];
      for (const pending of value === loop ? [] : later) {
        const { metadata } = check({ metadata: { when: pending } }) as { metadata: { when: unknown } };
        const settled = metadata.when instanceof Promise ? metadata.when : promiseOf(metadata.when);
        await assert.rejects(settled, (error: Error) => error.message.includes(problem));
      }
    });
  }

  const promiseOf = (output: unknown) => (output as { promise(): Promise<unknown> }).promise();

  it("valid arguments pass unchanged and without a copy", () => {
    const foreign = vm.runInNewContext("({ a: [1, { b: null }] })") as object;
    const metadata = {
      valueOf: "a",
      constructor: "b",
      hasOwnProperty: "c",
      then: "d",
      bare: Object.assign(Object.create(null) as object, { x: 1 }),
      foreign,
      absent: undefined,
      twice: [loop.constructor.name, "x", "x"],
    };
    const args = {
      name: "n",
      metadata,
      data: pulumi.output({ type: "token" }),
      entityId: pulumi.output("e"),
    };
    const checked = check(args);
    for (const key of ["name", "metadata", "data", "entityId"] as const)
      assert.equal(checked[key], args[key]);
  });

  it("a secret output in metadata stays secret", async () => {
    const secret = pulumi.secret("planted");
    const { metadata } = check({ metadata: { a: [secret] } }) as { metadata: { a: pulumi.Output<string>[] } };
    assert.equal(await pulumi.isSecret(metadata.a[0] ?? assert.fail()), true);
    assert.equal(await promiseOf(metadata.a[0]), "planted");
  });

  it("all wrong places are named at once", () => {
    assert.match(
      problemOf({ description: `${asText(pulumi.output(1))}`, metadata: { a: 1n, b: [new Date()] } }),
      /`description` contains.*; `metadata\.a` is a bigint.*; `metadata\.b\[0\]` is a Date/s,
    );
  });

  it("a key that Pulumi loses, or that was an output, is rejected", () => {
    const proto = JSON.parse('{ "a": { "__proto__": { "x": "planted" } } }') as object;
    assert.equal(
      problemOf({ metadata: proto }),
      "Secret a: `metadata.a.__proto__` has a name that Pulumi cannot transport: rename the key.",
    );
    assert.equal(
      problemOf({ metadata: { toString: "planted" } }),
      "Secret a: `metadata.toString` has a name that Pulumi cannot transport: rename the key.",
    );
    const key = asText(pulumi.output("planted"));
    assert.match(
      problemOf({ metadata: { a: { [key]: 1 } } }),
      /^Secret a: `metadata\.a` has a key that contains an output/,
    );
  });
});
