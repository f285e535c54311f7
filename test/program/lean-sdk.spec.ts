import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import lean from "../../provider/program/lean-sdk";

const ROOT = resolve(__dirname, "../..");

/** What a built file uses of the SDK, as in `output` and `runtime.invoke`. */
function usedBy(file: string): string[] {
  const source = readFileSync(resolve(ROOT, file), "utf8");
  const used = source.matchAll(/\bpulumi\d*\.((?:runtime\.)?\w+)/g);
  return [...new Set([...used].flatMap(([, name]) => name ?? []))].sort();
}

function valueOf(sdk: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], sdk);
}

describe("the part of the SDK that programs load", () => {
  const used = ["dist/index.js", "dist/native.js"].map(usedBy);

  it("has everything that the built files use, as the SDK's main file has it", () => {
    for (const names of used) {
      assert.ok(names.includes("output"), "the spec recognizes what a file uses");
      for (const name of names.filter((each) => each !== "runtime")) {
        assert.notEqual(valueOf(pulumi, name), undefined, name);
        if (name === "log") assert.equal(valueOf(lean, "log.warn"), pulumi.log.warn);
        else assert.equal(valueOf(lean, name), valueOf(pulumi, name), name);
      }
    }
  });

  it("has the function that tells secret configuration, which the SDK's types lack", () => {
    const path = "runtime.isConfigSecret";
    assert.equal(typeof valueOf(lean, path), "function");
    assert.equal(valueOf(lean, path), valueOf(pulumi, path));
  });

  it("lists everything that the built files use, so that an SDK without one of these is loaded whole", () => {
    const source = readFileSync(resolve(ROOT, "provider/program/lean-sdk.ts"), "utf8");
    const listed = [...source.matchAll(/^ {2}"(\w+)",$/gm)].map(([, name]) => name);
    for (const name of used.flat()) {
      assert.ok(listed.includes(name.replace("runtime.", "")), name);
    }
  });

  it("leaves out the Automation API", () => {
    assert.equal("automation" in lean, false);
  });
});
