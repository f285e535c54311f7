import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { languageTools } from "./build-languages";
import type { Log } from "./engine";
import { runCommand } from "./run-command";

const ROOT = resolve(__dirname, "../..");

/** The languages whose SDKs are generated. */
export const LANGUAGES = ["nodejs", "python", "go"] as const;

/** Generates the SDK of a language from the plugin's schema, which the build has made. */
export async function generateSdk(
  language: (typeof LANGUAGES)[number],
  folder: string,
  log: Log,
): Promise<void> {
  const tools = await languageTools(log);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const schema = join(ROOT, "plugin/schema.json");
  await runCommand(join(tools, "sdk-generator"), [schema, language, folder], { timeoutMs: 60_000 });
}

/**
 * Makes a module of a generated SDK for Go, with the versions of the generator, which are in the cache of modules.
 *
 * @returns the path of the module, as programs require it
 */
export async function asGoModule(sdk: string): Promise<string> {
  const generator = join(__dirname, "sdk-generator");
  const schema = JSON.parse(await readFile(join(ROOT, "plugin/schema.json"), "utf8")) as {
    language: { go: { importBasePath: string } };
  };
  const path = dirname(schema.language.go.importBasePath);
  const manifest = await readFile(join(generator, "go.mod"), "utf8");
  await writeFile(join(sdk, "go.mod"), manifest.replace(/^module .*/, `module ${path}`));
  await copyFile(join(generator, "go.sum"), join(sdk, "go.sum"));
  return path;
}

async function main(): Promise<void> {
  for (const language of LANGUAGES) {
    const folder = join(ROOT, "sdk", language);
    await generateSdk(language, folder, console.log);
    console.log(`${language}: ${folder}`);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error((error as Error).message);
    process.exitCode = 1;
  });
}
