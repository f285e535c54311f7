import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/** Leaves the unused parts out of axios, which saves 30 ms: forms, its own proxy support, and `fetch`. */
export const leaner: Plugin = {
  name: "leaner",
  setup(bundling) {
    const path = require.resolve("axios/unsafe/helpers/null.js");
    bundling.onResolve({ filter: /^(form-data|https-proxy-agent|\.\/fetch\.js)$/ }, ({ importer }) =>
      /node_modules.axios.lib/.test(importer) ? { path } : undefined,
    );
    bundling.onLoad({ filter: /node_modules.axios.lib.utils\.js$/ }, ({ path: file }) => ({
      contents: withoutGlobalForms(readFileSync(file, "utf8")),
      loader: "js",
    }));
  },
};

/** Node.js loads all of its `fetch` when `globalThis.FormData` is read, even if only to ask whether it exists. */
function withoutGlobalForms(source: string): string {
  const read = "typeof G.FormData !== 'undefined' ? G.FormData : undefined";
  if (!source.includes(read))
    throw new Error("axios reads the global FormData in a new way. Adapt build/bundled-packages.ts.");
  return source.replace(read, "undefined");
}

/**
 * Appends to each built file the packages that it contains, with their versions and licences.
 *
 * @param expected - the packages that the files may contain
 */
export function nameBundled({ outputs }: Metafile, expected: readonly string[]): void {
  for (const [file, { inputs }] of Object.entries(outputs)) {
    if (file.endsWith(".js")) appendLicences(file, Object.keys(inputs), expected);
  }
}

function appendLicences(file: string, inputs: string[], expected: readonly string[]): void {
  const names = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  for (const name of new Set(names)) {
    if (!expected.includes(name)) throw new Error(`${file} holds ${name}: make that a dependency.`);
    const folder = join("node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const papers = readdirSync(folder).filter((paper) => /^licen[cs]e/i.test(paper));
    if (papers.length === 0) throw new Error(`${name} has no licence that ${file} could name.`);
    const licence = papers.map((paper) => readFileSync(join(folder, paper), "utf8")).join("\n");
    appendFileSync(
      file,
      `/*\nThis file holds parts of ${name} ${version}:\n\n${licence.replaceAll("*/", "* /")}*/\n`,
    );
  }
}
