import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** What is loaded at once, each one file: by programs, by the engine's plans, by what sends requests, by the command line. */
const ENTRIES = ["index", "secret-provider", "network", "command-line/index"];

// Zod loads ninety files in 50 ms of processor time, and the part of it that is used, in a file, in 5 ms; Cockatiel thirty in
// 6 ms. They see no network. What does see it stays a package of its own, for whoever audits it.
const BUNDLED = ["cockatiel", "zod"];

const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
const { metafile } = buildSync({
  entryPoints: ENTRIES.map((entry) => `provider/${entry}.ts`),
  outbase: "provider",
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  mainFields: ["module", "main"],
  external: [
    ...Object.keys({ ...dependencies, ...peerDependencies }),
    "./network",
    "../network",
    "../package.json",
  ],
  // Node.js finds a file without its ending only by `require`.
  supported: { "dynamic-import": false },
  metafile: true,
  logLevel: "warning",
});

for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
  const packages = new Set(
    Object.keys(inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []),
  );
  for (const name of packages) {
    if (!BUNDLED.includes(name)) throw new Error(`${file} holds ${name}: make that a dependency.`);
    const licence = readFileSync(join("node_modules", name, "LICENSE"), "utf8");
    appendFileSync(file, `/*\nThis file holds parts of ${name}:\n\n${licence}*/\n`);
  }
}

// What cannot be loaded must not be published.
for (const entry of ENTRIES.filter((name) => !name.startsWith("command-line"))) {
  execFileSync(process.execPath, ["-e", `require("./dist/${entry}")`], { stdio: "inherit" });
}
