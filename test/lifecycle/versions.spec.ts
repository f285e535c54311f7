import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";
import { version as sdk } from "@pulumi/pulumi/version";

import { findEngine } from "../engine/find-engine";
import { testedVersions } from "../engine/versions";
import { openWorkspace } from "./support/open-workspace";

// Returns the versions that the engine's provider process really has.
const provider: pulumi.dynamic.ResourceProvider = {
  create: () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it runs elsewhere, from its text
    const { version } = require("@pulumi/pulumi/package.json") as { version: string };
    return Promise.resolve({ id: "versions", outs: { node: process.version, sdk: version } });
  },
};

class Versions extends pulumi.dynamic.Resource {
  declare public readonly node: pulumi.Output<string>;
  declare public readonly sdk: pulumi.Output<string>;

  public constructor() {
    super(provider, "versions", { node: undefined, sdk: undefined });
  }
}

describe("the versions of a run", () => {
  it("the engine runs the provider with the versions of the tests", async () => {
    const workspace = await openWorkspace({
      program: () => {
        const { node, sdk } = new Versions();
        return Promise.resolve({ node, sdk });
      },
    });
    try {
      const { outputs } = await workspace.up();
      assert.deepEqual(outputs, { node: process.version, sdk });
      // `test/engine/runtime.ts` sets it if these are the versions that docs/compatibility.md lists.
      if (process.env["RUNS_AS_LISTED"] === undefined) return;
      const wanted = testedVersions();
      assert.deepEqual([process.version, sdk], [`v${wanted.node}`, wanted.sdk]);
      const { version, how } = await findEngine(() => undefined);
      if (!how.includes("instead of")) assert.equal(version, wanted.cli);
    } finally {
      await workspace.close();
    }
  });
});
