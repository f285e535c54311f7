import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { isUnknown, UNKNOWN_VALUE } from "../../provider/protocol/unknown-value";

describe("the mark of an unknown value", () => {
  it("is the very text that the SDK uses", () => {
    assert.equal(UNKNOWN_VALUE, pulumi.runtime.unknownValue);
  });

  it("is what the SDK makes of unknown outputs", async () => {
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

  it("is known by its whole text alone", () => {
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
