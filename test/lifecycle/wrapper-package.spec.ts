import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startKeycard } from "../emulator";
import { countIn } from "./support/program-scene";
import { NODE_MODULES, openWorkspace } from "./support/open-workspace";

const PROGRAM = `
  const { TeamSecret } = require("@acme/secrets");
  const data = { type: "token", token: "planted-wrapped" };
  exports.version = new TeamSecret("wrapped", { entityId: "ent_1", data }).version;`;

const WRAPPER = `
  const { Secret } = require("pulumi-keycard");
  exports.TeamSecret = class extends Secret {};`;

describe("a program that depends on a package that wraps Secret", () => {
  it("the error names the dependency that the program's package.json needs, and the program runs with it", async () => {
    const root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-wrapped-"));
    const keycard = await startKeycard({ ids: "sequential" });
    const program = join(root, "program");
    // The layout of pnpm: a package finds only its own dependencies.
    const wrapper = join(root, "store/acme-secrets");
    const modules = join(root, "modules");
    try {
      await link(join(NODE_MODULES, "@pulumi/pulumi"), join(wrapper, "node_modules/@pulumi/pulumi"));
      await link(join(NODE_MODULES, "pulumi-keycard"), join(wrapper, "node_modules/pulumi-keycard"));
      await writeFile(join(wrapper, "package.json"), '{ "name": "@acme/secrets", "main": "index.js" }');
      await writeFile(join(wrapper, "index.js"), WRAPPER);
      await link(join(NODE_MODULES, "@pulumi/pulumi"), join(modules, "@pulumi/pulumi"));
      await link(wrapper, join(modules, "@acme/secrets"));
      await mkdir(program);
      await writeFile(join(program, "Pulumi.yaml"), "name: wrapped\nruntime: nodejs\n");
      await writeFile(join(program, "package.json"), '{ "name": "wrapped", "main": "index.js" }');
      await writeFile(join(program, "index.js"), PROGRAM);
      const stack = await openWorkspace({
        folder: program,
        modules,
        env: {
          KEYCARD_ENDPOINT: keycard.url,
          KEYCARD_ZONE_ID: "zone_1",
          KEYCARD_CLIENT_ID: keycard.clientId,
          KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        },
      });
      try {
        const { diagnostics, error } = await stack.previewFails();
        const message =
          `Pulumi loads pulumi-keycard from the program's folder, ${stack.project}, and cannot find it there, ` +
          `because only another package depends on it. Copy that package's dependency "pulumi-keycard" to ` +
          `${join(stack.project, "package.json")} and install again.`;
        assert.equal(countIn(diagnostics, message), 1, error);
        assert.doesNotMatch(error, /Cannot find module|node:internal|\n +at /);

        await link(join(NODE_MODULES, "pulumi-keycard"), join(modules, "pulumi-keycard"));
        assert.deepEqual((await stack.up()).outputs, { version: 1 });
        await stack.destroy();
        assert.deepEqual(
          keycard.requests.map(({ method }) => method),
          ["GET", "POST", "DELETE"],
        );
      } finally {
        await stack.close();
      }
    } finally {
      await keycard.close();
      await rm(root, { recursive: true });
    }
  });
});

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
