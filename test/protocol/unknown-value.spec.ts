import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { isUnknown, UNKNOWN_VALUE } from "../../provider/pulumi-values";

describe("the mark of an unknown value", () => {
  it("the marker of an unknown value equals that of the SDK", () => {
    assert.equal(UNKNOWN_VALUE, pulumi.runtime.unknownValue);
  });

  it("the SDK serializes unknown outputs as the marker", async () => {
    const { Output } = pulumi as unknown as { Output: new (...args: unknown[]) => pulumi.Output<string> };
    const nobody = Promise.resolve(new Set());
    const unknown = new Output(
      new Set(),
      Promise.resolve(""),
      Promise.resolve(false),
      Promise.resolve(false),
      nobody,
    );
    const sent = await pulumi.runtime.serializeProperties("test", { unknown, known: pulumi.output("known") });
    assert.deepEqual(sent, { unknown: UNKNOWN_VALUE, known: "known" });
  });

  it("only the complete marker is an unknown value", () => {
    assert.equal(isUnknown(UNKNOWN_VALUE), true);
    const others = [
      "",
      "unknown",
      `${UNKNOWN_VALUE} `,
      UNKNOWN_VALUE.toUpperCase(),
      [UNKNOWN_VALUE],
      undefined,
    ];
    assert.deepEqual(
      others.map((other) => isUnknown(other)),
      others.map(() => false),
    );
  });
});
