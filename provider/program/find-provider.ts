import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { name } from "../own-package";

/** The program's folder, read before the program can change it. The provider's process has the same one. */
const FOLDER = process.cwd();

/** The script that runs a program. An inline program of the Automation API may run in another folder than its provider. */
const RUNNER = /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/;

let isFound = false;

/**
 * Checks once that the engine can load the provider. It loads it from the program's folder, so a program that has this
 * package only through another one can import it, but the engine cannot.
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
        `depends on it. Copy that package's dependency "${name}" to ${manifestAbove(folder)} and install again.`,
    );
  }
}

function manifestAbove(folder: string): string {
  const manifest = join(folder, "package.json");
  const above = dirname(folder);
  return existsSync(manifest) || above === folder ? manifest : manifestAbove(above);
}
