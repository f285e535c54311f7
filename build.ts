import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** What is loaded at once, each one file: by programs, by the engine's plans, by what sends requests, by the command line. */
const ENTRIES = ["index", "secret-provider", "network", "command-line"];

/** What users import by name. */
const PUBLIC = ["index", "secret-provider"];

// In a file, what is used of Zod loads in 5 ms of processor time, where ninety files took 50; of axios in 20 ms, where 75 files
// took 50.
const BUNDLED = ["axios", "follow-redirects", "zod"];

/** Leaves out of axios what no request uses, and 15 ms with it: forms, its own way through a proxy, and `fetch`. */
const leaner: Plugin = {
  name: "leaner",
  setup(bundling) {
    const path = require.resolve("axios/unsafe/helpers/null.js");
    bundling.onResolve({ filter: /^(form-data|https-proxy-agent|\.\/fetch\.js)$/ }, ({ importer }) =>
      /node_modules.axios.lib/.test(importer) ? { path } : undefined,
    );
  },
};

const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

void main();

async function main() {
  rmSync("dist", { recursive: true, force: true });
  await declare();
  const { metafile } = await bundle();
  for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
    if (file.endsWith(".js")) nameBundled(file, Object.keys(inputs));
  }
  // What cannot be loaded must not be published.
  for (const entry of ENTRIES.filter((name) => name !== "command-line")) {
    execFileSync(process.execPath, ["-e", `require("./dist/${entry}")`], { stdio: "inherit" });
  }
}

/** Writes one file of declarations for each public module, and none for what is inside. */
async function declare() {
  for (const name of PUBLIC) {
    const rolled = await rollup({
      input: `provider/${name}.ts`,
      plugins: [dts({ tsconfig: "tsconfig.build.json" })],
      external: /^[^./]/,
    });
    await rolled.write({ file: `dist/${name}.d.ts` });
  }
}

function bundle() {
  return build({
    entryPoints: ENTRIES.map((entry) => ({ in: `./provider/${entry}`, out: entry })),
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    external: [
      ...Object.keys({ ...dependencies, ...peerDependencies }),
      // Asked for by what is bundled, which does without where it is not installed.
      "debug",
      "./network",
      "../package.json",
    ],
    // Node.js finds a file without its ending only by `require`.
    supported: { "dynamic-import": false },
    plugins: [leaner],
    // With the sources, so that a stack trace names them (`node --enable-source-maps`).
    sourcemap: "linked",
    metafile: true,
    logLevel: "warning",
  });
}

/** Writes at the end of a file what it holds of other packages, in which versions, with their licences. */
function nameBundled(file: string, inputs: string[]) {
  const names = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  for (const name of new Set(names)) {
    if (!BUNDLED.includes(name)) throw new Error(`${file} holds ${name}: make that a dependency.`);
    const read = (paper: string) => readFileSync(join("node_modules", name, paper), "utf8");
    const { version } = JSON.parse(read("package.json")) as { version: string };
    appendFileSync(file, `/*\nThis file holds parts of ${name} ${version}:\n\n${read("LICENSE")}*/\n`);
  }
}
