import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { leaner, nameBundled } from "./bundled-packages";
import { packageSchema } from "./schema";

/** The executable that the engine looks for in the folder of a plugin. */
const EXECUTABLE = "pulumi-resource-keycard-secrets";

/** All dependencies, because the folder is copied without the packages around it. */
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

/** Leaves out what gRPC loads only for its own diagnostics: another protocol parser, a quarter of the bundle. */
const withoutDiagnostics: Plugin = {
  name: "without-diagnostics",
  setup(bundling) {
    const path = require.resolve("axios/unsafe/helpers/null.js");
    bundling.onResolve({ filter: /^@grpc\/proto-loader$/ }, () => ({ path }));
  },
};

/** Builds the folder of the plugin: a program that needs only Node.js, and its schema. */
export async function buildPlugin(folder: string, version: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { metafile } = await build({
    entryPoints: [
      { in: "./provider/engine/plugin/main", out: "server" },
      { in: "./provider/network", out: "network" },
    ],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    // Without short names, the plugin starts 10 ms faster.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    // An optional dependency of a bundled package.
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
  // Windows starts this instead of a script without an extension.
  writeFileSync(at(`${EXECUTABLE}.cmd`), `@node "%~dp0${EXECUTABLE}" %*\r\n`);
  writeFileSync(at("schema.json"), `${JSON.stringify(packageSchema(version), null, 2)}\n`);
  // A plugin that does not start must not be published. Without input it ends immediately.
  execFileSync(join(process.cwd(), at(EXECUTABLE)), { stdio: ["ignore", "ignore", "inherit"] });
}
