import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { openWorkspace } from "../lifecycle/support/open-workspace";

// Returns the versions that the engine's provider process really has.
const provider: pulumi.dynamic.ResourceProvider = {
  create: () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it runs elsewhere, from its text
    const sdk = (require("@pulumi/pulumi/package.json") as { version: string }).version;
    return Promise.resolve({ id: "versions", outs: { node: process.version, sdk } });
  },
};

class Versions extends pulumi.dynamic.Resource {
  declare public readonly node: pulumi.Output<string>;
  declare public readonly sdk: pulumi.Output<string>;

  public constructor() {
    super(provider, "versions", { node: undefined, sdk: undefined });
  }
}

describe("the newest versions", () => {
  it("the engine runs the provider with the newest versions", async () => {
    const workspace = await openWorkspace({
      program: () => {
        const { node, sdk } = new Versions();
        return Promise.resolve({ node, sdk });
      },
    });
    try {
      const { outputs } = await workspace.up();
      assert.equal(outputs["node"], process.version);
      assert.equal(process.version.split(".")[0], `v${process.env["EXPECTED_NODE_MAJOR"]}`);
      assert.equal(outputs["sdk"], process.env["EXPECTED_SDK"]);
    } finally {
      await workspace.close();
    }
  });
});
