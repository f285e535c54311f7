import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { leaner, nameBundled } from "./bundled-packages";
import { packageSchema } from "./schema";

/** What the engine looks for in the folder of a plugin. */
const EXECUTABLE = "pulumi-resource-keycard-secrets";

/** All of them, as the folder is copied without the packages around it. */
const BUNDLED = [
  "@grpc/grpc-js",
  "@js-sdsl/ordered-map",
  "@pulumi/pulumi",
  "axios",
  "debug",
  "follow-redirects",
  "google-protobuf",
  "ms",
  "proxy-from-env",
  "zod",
];

/** Leaves out what gRPC loads for its own diagnostics only: another reader of protocols, a quarter of the bundle. */
const withoutDiagnostics: Plugin = {
  name: "without-diagnostics",
  setup(bundling) {
    const path = require.resolve("axios/unsafe/helpers/null.js");
    bundling.onResolve({ filter: /^@grpc\/proto-loader$/ }, () => ({ path }));
  },
};

/** Makes the folder of the plugin: a program that needs nothing but Node.js, and its schema. */
export async function buildPlugin(folder: string, version: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { metafile } = await build({
    entryPoints: [
      { in: "./provider/native/plugin/main", out: "server" },
      { in: "./provider/network", out: "network" },
    ],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    legalComments: "none",
    // Asked for by what is bundled, which does without.
    external: ["supports-color", "./network"],
    supported: { "dynamic-import": false },
    plugins: [leaner, withoutDiagnostics],
    metafile: true,
    logLevel: "warning",
  });
  nameBundled(metafile, BUNDLED);
  const at = (file: string) => join(folder, file);
  writeFileSync(at(EXECUTABLE), '#!/usr/bin/env node\nrequire("./server.js");\n');
  chmodSync(at(EXECUTABLE), 0o755);
  // What Windows starts in place of a script without an ending.
  writeFileSync(at(`${EXECUTABLE}.cmd`), `@node "%~dp0${EXECUTABLE}" %*\r\n`);
  writeFileSync(at("schema.json"), `${JSON.stringify(packageSchema(version), null, 2)}\n`);
  // What does not start must not be published; without an input it ends at once.
  execFileSync(join(process.cwd(), at(EXECUTABLE)), { stdio: ["ignore", "ignore", "inherit"] });
}
