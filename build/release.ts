import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildArchive, PLATFORMS } from "./archive";
import { packageSchema, type PackageFacts } from "./schema";

const USAGE = `Usage: npm run release -- [--server URL] [--out FOLDER] [--platform NAME]...

  --server URL     where the archives will be found. The schema names it as pluginDownloadURL
  --out FOLDER     gets the archives, their checksums and the schema. Default: release
  --platform NAME  one of ${PLATFORMS.map(({ name }) => name).join(", ")}. Default: all`;

/** Builds one archive per platform, with checksums and the schema. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      server: { type: "string" },
      out: { type: "string", default: "release" },
      platform: { type: "string", multiple: true, default: PLATFORMS.map(({ name }) => name) },
      help: { type: "boolean" },
    },
  });
  if (values.help) return void console.log(USAGE);
  const out = resolve(values.out);
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as PackageFacts;
  const { version } = manifest;
  const schema = `${JSON.stringify(packageSchema({ ...manifest, pluginDownloadURL: values.server }), null, 2)}\n`;
  const platforms = values.platform.map((wanted) => {
    const found = PLATFORMS.find(({ name }) => name === wanted);
    if (!found) throw new Error(`There is no archive for ${wanted}.\n\n${USAGE}`);
    return found;
  });
  rmSync(out, { recursive: true, force: true });
  const sums: string[] = [];
  for (const platform of platforms) {
    const work = mkdtempSync(join(tmpdir(), "pulumi-keycard-archive-"));
    try {
      const file = await buildArchive(platform, { version, schema, work, out });
      const bytes = readFileSync(file);
      sums.push(`${createHash("sha256").update(bytes).digest("hex")}  ${basename(file)}`);
      console.log(`${file}: ${(bytes.length / 1e6).toFixed(1)} MB`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  writeFileSync(join(out, "schema.json"), schema);
  writeFileSync(join(out, `keycard-secrets-v${version}-checksums.txt`), `${sums.join("\n")}\n`);
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
