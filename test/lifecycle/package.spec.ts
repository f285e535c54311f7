import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startKeycard } from "../emulator";
import { openWorkspace } from "./support/open-workspace";

const ROOT = resolve(__dirname, "../..");
const npm = async (cwd: string, ...args: string[]) =>
  (await promisify(execFile)("npm", args, { cwd, maxBuffer: 1 << 26 })).stdout;

const PROJECT =
  "name: packed\nruntime: nodejs\npackages:\n  keycard-secrets: ./node_modules/pulumi-keycard/plugin\n";

describe("the packed package", () => {
  it("the packed package runs a plain JavaScript program in an empty folder, through the dynamic resource and the plugin", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pulumi-keycard-packed-"));
    const keycard = await startKeycard({ ids: "sequential" });
    try {
      await npm(ROOT, "pack", "--ignore-scripts", "--pack-destination", folder);
      const [tarball = ""] = await readdir(folder);
      await writeFile(join(folder, "Pulumi.yaml"), PROJECT);
      await writeFile(
        join(folder, "index.js"),
        `const { Secret } = require("pulumi-keycard");
         const data = { type: "token", token: "planted-packed" };
         exports.version = new Secret("plain", { entityId: "ent_1", data }).version;
         const native = require("pulumi-keycard/native");
         exports.native = new native.Secret("native", { entityId: "ent_2", data }).version;`,
      );
      await install(folder, tarball);
      const stack = await openWorkspace({
        folder,
        modules: join(folder, "node_modules"),
        env: {
          KEYCARD_ENDPOINT: keycard.url,
          KEYCARD_ZONE_ID: "zone_1",
          KEYCARD_CLIENT_ID: keycard.clientId,
          KEYCARD_CLIENT_SECRET: keycard.clientSecret,
        },
      });
      try {
        assert.deepEqual((await stack.up()).outputs, { version: 1, native: 1 });
        await stack.destroy();
        const { version } = manifest("pulumi-keycard");
        assert.deepEqual(
          keycard.requests.map(({ method, headers }) => [method, headers["user-agent"]]).sort(),
          ["DELETE", "DELETE", "GET", "GET", "POST", "POST"].map((method) => [
            method,
            `pulumi-keycard/${version}`,
          ]),
        );
      } finally {
        await stack.close();
      }
    } finally {
      await keycard.close();
      await rm(folder, { recursive: true });
    }
  });
});

/**
 * Installs a tarball and `@pulumi/pulumi` in the versions of our own lock file, which `npm ci` has brought into npm's
 * cache, so that nothing new is asked of a registry.
 */
async function install(folder: string, tarball: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const own = lock.packages[""];
  const root = {
    main: "index.js",
    dependencies: {
      "pulumi-keycard": `file:${tarball}`,
      "@pulumi/pulumi": manifest("@pulumi/pulumi").version,
    },
  };
  const packed = { ...own, resolved: `file:${tarball}`, link: undefined, devDependencies: undefined };
  const packages = { ...lock.packages, "": root, "node_modules/pulumi-keycard": packed };
  await writeFile(join(folder, "package.json"), JSON.stringify(root));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify({ ...lock, name: undefined, packages }));
  await npm(folder, "install", "--prefer-offline", "--ignore-scripts", "--no-audit");
}

interface Lock {
  packages: Record<string, object>;
}

function manifest(name: string): { version: string } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(`${name}/package.json`) as { version: string };
}
