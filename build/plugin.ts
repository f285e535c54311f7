import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { leaner, nameBundled, noticesOf } from "./bundled-packages";
import { packageSchema, type PackageFacts } from "./schema";

/** The executable that the engine looks for in the folder of a plugin. */
export const EXECUTABLE = "pulumi-resource-keycard-secrets";

/**
 * For `packages` with the path of a folder, `pulumi install`, `package info` and `package get-schema` of CLI 3.259 to 3.274
 * look for this file, because they do not know the name of the package yet.
 */
const NAMELESS = "pulumi-resource-";

/** All dependencies, because the plugin runs without the packages around it. */
const BUNDLED = [
  "@grpc/grpc-js",
  "@js-sdsl/ordered-map",
  "@pulumi/pulumi",
  "axios",
  "debug",
  "follow-redirects",
  "google-protobuf",
  "lossless-json",
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

const MAIN = "./provider/engine/plugin/main";
const START = { in: "./provider/engine/plugin/start", out: "start" };
const NETWORK = { in: "./provider/network", out: "network" };

/** Builds the folder of the plugin: a program that needs only Node.js, and its schema. */
export async function buildPlugin(folder: string, facts: PackageFacts): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const metafile = await bundle(folder, {
    entryPoints: [START, { in: MAIN, out: "server" }, NETWORK],
    target: "node20.19",
    external: ["./network", "./server.js"],
  });
  nameBundled(metafile, BUNDLED);
  const at = (file: string) => join(folder, file);
  for (const name of [EXECUTABLE, NAMELESS]) {
    writeFileSync(at(name), '#!/usr/bin/env node\nrequire("./start.js");\n');
    chmodSync(at(name), 0o755);
  }
  // Windows starts this instead of a script without an extension.
  writeFileSync(at(`${EXECUTABLE}.cmd`), `@node "%~dp0${EXECUTABLE}" %*\r\n`);
  writeFileSync(at("schema.json"), `${JSON.stringify(packageSchema(facts), null, 2)}\n`);
  // A plugin that does not start must not be published. Without input it ends immediately.
  execFileSync(join(process.cwd(), at(EXECUTABLE)), { stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * Builds the whole plugin as one script, for an executable that contains Node.js.
 *
 * @param folder - gets the script
 * @returns the script's path, and the notices of the packages in it
 */
export async function bundleForExecutable(folder: string): Promise<{ script: string; notices: string }> {
  const metafile = await bundle(folder, {
    entryPoints: [{ in: MAIN, out: "plugin" }],
    target: "node24",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  return { script: join(folder, "plugin.js"), notices: noticesOf(inputs, BUNDLED, "This plugin") };
}

async function bundle(
  outdir: string,
  { external = [], ...options }: BuildOptions & { external?: string[] },
): Promise<Metafile> {
  const { metafile } = await build({
    outdir,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    // Without short names, the plugin starts 10 ms faster.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    // An optional dependency of a bundled package.
    external: ["supports-color", ...external],
    supported: { "dynamic-import": false },
    plugins: [leaner, withoutDiagnostics],
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  return metafile!;
}
