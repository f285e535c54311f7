import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { leaner, nameBundled } from "./build/bundled-packages";
import { isUpToDate } from "./build/is-up-to-date";
import { buildPlugin } from "./build/plugin";
import type { PackageFacts } from "./build/schema";

/** The bundles: for programs, for previews, for requests, and for the command line. */
const ENTRIES = ["index", "native", "secret-provider", "network", "command-line"];

/** The sources of bundles that have another name: the text in every state loads `secret-provider`. */
const SOURCES: Record<string, string> = { "secret-provider": "engine/dynamic" };

/** The bundles that programs load. */
const PROGRAMS = ["index", "native"];

/** The modules that users import by name. */
const PUBLIC = ["index", "native", "secret-provider"];

// In one file, the used parts of Zod load in 5 ms of processor time instead of 50 from ninety files, and those of axios in 15 ms
// instead of 50 from 75 files. To find a small package takes 4 ms.
const BUNDLED = ["axios", "follow-redirects", "lossless-json", "proxy-from-env", "zod"];

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as PackageFacts & {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});

async function main() {
  if (process.argv.includes("--if-needed") && isUpToDate()) return;
  if (!hasValidTypes()) {
    process.exitCode = 1;
    return;
  }
  rmSync("dist", { recursive: true, force: true });
  await declare();
  const { metafile } = await bundle();
  nameBundled(metafile, BUNDLED);
  for (const name of PROGRAMS) leaveOutSourceMap(`dist/${name}.js`);
  await buildPlugin("plugin", manifest);
  // A build that cannot be loaded must not be published.
  for (const entry of ENTRIES.filter((name) => name !== "command-line")) {
    execFileSync(process.execPath, ["-e", `require("./dist/${entry}")`], { stdio: "inherit" });
  }
}

/**
 * Removes the source map of a file that programs load. The SDK looks at the stack of each new resource, and its ts-node then
 * reads the map of each file in it (SDK 3.276): 60 ms of a preview of 10 secrets, for a line of ours that nothing shows.
 */
function leaveOutSourceMap(file: string) {
  writeFileSync(file, readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*\n$/, ""));
  rmSync(`${file}.map`);
}

/** Checks the types, because the bundlers do not. The compiler's output comes last, so that nothing hides it. */
function hasValidTypes(): boolean {
  const args = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--noEmit"];
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status === 0;
}

/** Writes one file of declarations per public module, and none for internal ones. */
async function declare() {
  for (const name of PUBLIC) {
    const rolled = await rollup({
      input: `provider/${SOURCES[name] ?? name}.ts`,
      plugins: [dts({ tsconfig: "tsconfig.build.json" })],
      external: /^[^./]/,
    });
    await rolled.write({ file: `dist/${name}.d.ts` });
  }
}

function bundle() {
  return build({
    entryPoints: ENTRIES.map((entry) => ({ in: `./provider/${SOURCES[entry] ?? entry}`, out: entry })),
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    external: [
      ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
      // An optional dependency of a bundled package.
      "debug",
      "./network",
      "../package.json",
    ],
    // Only `require` finds a file without its extension.
    supported: { "dynamic-import": false },
    plugins: [leaner],
    // With the sources, so that a stack trace names them (`node --enable-source-maps`).
    sourcemap: "linked",
    metafile: true,
    logLevel: "warning",
  });
}
