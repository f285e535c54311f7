import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { name, version } from "../own-package";

/** The program's folder, which is that of the provider's process too, before the program can change it. */
const FOLDER = process.cwd();

/** How Pulumi starts a program; an inline program of the Automation API may run in another folder than its provider. */
const RUNNER = /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/;

let isFound = false;

/**
 * Looks once for what the engine will load for every secret. The engine looks from the program's folder, so a program that
 * has this package through another one finds it here and not there.
 *
 * @throws an error that Pulumi shows without a stack, with the dependency to add and the file to add it to
 */
export function assertProviderFound(folder = FOLDER, runner = process.argv[1] ?? ""): void {
  if (isFound || !RUNNER.test(runner)) return;
  try {
    createRequire(join(folder, "_")).resolve(`${name}/provider`);
    isFound = true;
  } catch {
    throw new pulumi.RunError(
      `Pulumi loads ${name} from the program's folder, ${folder}, and cannot find it there, because only another package ` +
        `depends on it. Add "${name}": "^${version}" to the dependencies in ${manifestAbove(folder)}, and install again.`,
    );
  }
}

function manifestAbove(folder: string): string {
  const manifest = join(folder, "package.json");
  const above = dirname(folder);
  return existsSync(manifest) || above === folder ? manifest : manifestAbove(above);
}
