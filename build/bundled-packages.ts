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
    if (!file.endsWith(".js")) continue;
    const notices = noticesOf(Object.keys(inputs), expected, "This file");
    if (notices !== "") appendFileSync(file, `/*\n${notices.replaceAll("*/", "* /")}*/\n`);
  }
}

/**
 * The names, versions, licences and notices of bundled packages.
 *
 * @param inputs - the bundled files
 * @param expected - the packages that they may belong to
 * @param holder - what contains them, as a reader of the notices would call it
 * @throws if a package is not expected, or has no licence
 */
export function noticesOf(inputs: string[], expected: readonly string[], holder: string): string {
  const names = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  return [...new Set(names)]
    .map((name) => {
      if (!expected.includes(name)) throw new Error(`The build holds ${name}: make that a dependency.`);
      const folder = join("node_modules", name);
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        version: string;
      };
      const files = readdirSync(folder);
      const licences = files.filter((file) => /^(licen[cs]e|copying)/i.test(file));
      if (licences.length === 0) throw new Error(`${name} has no licence that the build could name.`);
      const papers = [...licences, ...files.filter((file) => /^notice/i.test(file))];
      const texts = papers.map((paper) => readFileSync(join(folder, paper), "utf8"));
      return `${holder} holds parts of ${name} ${version}:\n\n${texts.join("\n")}`;
    })
    .join("\n");
}
