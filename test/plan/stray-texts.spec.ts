import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { strayTexts } from "../../provider/secret/fields";

/** Converts a value in the way that a template literal does. */
const asText = (value: unknown) => `${value as string}`;

const OUTPUT = `Bearer ${asText(pulumi.output("planted"))}`;
const JSON_OUTPUT = JSON.stringify({ a: pulumi.output("planted") });
const WARNING =
  "contains an output in a string, which Pulumi replaced by a warning: write pulumi.interpolate`…` instead of `…`";

describe("a text that was made by mistake", () => {
  it("a string made from an output is named in each place, without the warning", () => {
    const args = {
      zoneId: "z",
      entityId: OUTPUT,
      name: OUTPUT,
      description: JSON_OUTPUT,
      metadata: { a: [{ b: OUTPUT }], [OUTPUT]: 1 },
      data: { type: "password", username: OUTPUT, password: { fromCommand: ["op", OUTPUT] } },
    };
    assert.deepEqual(strayTexts(args), [
      `\`entityId\` ${WARNING}`,
      `\`name\` ${WARNING}`,
      `\`description\` ${WARNING}`,
      `\`metadata.a.0.b\` ${WARNING}`,
      `A key of \`metadata\` ${WARNING}`,
      `\`data.username\` ${WARNING}`,
      `\`data.password.fromCommand.1\` ${WARNING}`,
    ]);
  });

  it("a string that Python made from an output is named", () => {
    const text =
      "Bearer Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T] …";
    assert.deepEqual(strayTexts({ name: text }), [`\`name\` ${WARNING}`]);
  });

  it("a string made from an object or a promise is named with its result", () => {
    const [problem = "", ...others] = strayTexts({ data: { type: "token", token: `planted ${asText({})}` } });
    assert.match(
      problem,
      /^`data\.token` contains "\[object Object\]", which JavaScript makes from an object or a promise/,
    );
    assert.ok(!problem.includes("planted"));
    assert.deepEqual(others, []);
    assert.equal(strayTexts({ metadata: { a: `${asText(Promise.resolve())}` } }).length, 1);
  });

  it("a similar string is accepted", () => {
    const metadata = {
      a: "Calling toString",
      b: "[object]",
      c: "[object of desire]",
      d: "undefined",
      e: null,
    };
    assert.deepEqual(strayTexts({ name: "Output<T>", metadata, adoptId: undefined }), []);
  });
});
