import { constants } from "node:fs";
import { access, copyFile, readFile, realpath, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { runCommand } from "./run-command";
import { testedVersions, type Versions } from "./versions";

/** What the engine needs in addition to `pulumi` to run a Node.js program with a dynamic resource. */
export const LANGUAGE_HOST = "pulumi-language-nodejs";
const RESOURCE_SCRIPT = "pulumi-resource-pulumi-nodejs";

/** A Pulumi engine that was checked to run. */
export interface Engine {
  /** The folder that contains `bin/pulumi`. Absent for a `pulumi` on the PATH, which is called by its name. */
  root?: string;
  /** The folder of the `pulumi` binary. */
  bin: string;
  /** The `pulumi` binary. */
  pulumi: string;
  /** The output of `pulumi version`, for example `v3.259.0`. */
  version: string;
  /** How the engine was found, for people to read. */
  how: string;
}

/** Takes one line of progress. */
export type Log = (line: string) => void;

/** Where something is kept between runs. Not in `node_modules`, because `npm ci` empties it. */
export function kept(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pulumi-keycard", name);
}

/** Where the engine of this run is kept. */
export function cachedRoot(env: NodeJS.ProcessEnv = process.env): string {
  return kept(`engine-${testedVersions(env).cli}`, env);
}

/**
 * Checks the engine in one of our folders, and gives it the resource script of the SDK in use.
 *
 * @param root - the folder that contains `bin/`
 * @param how - how the engine was found
 * @throws when a binary is missing or does not run
 */
export async function engineAt(root: string, how: string): Promise<Engine> {
  const bin = join(root, "bin");
  const pulumi = join(bin, "pulumi");
  for (const file of [pulumi, join(bin, LANGUAGE_HOST)]) {
    if (!(await isExecutable(file))) throw new Error(`${file} is missing`);
  }
  const version = await versionOf(pulumi);
  await copyResourceScript(bin);
  return { root, bin, pulumi, version, how };
}

/**
 * Uses the `pulumi` that a developer or a CI job has installed. Only the run with the oldest versions asks for a certain one.
 *
 * @throws when no `pulumi` is installed, it does not run or has the wrong version, or its Node.js parts are missing
 */
export async function engineOnPath(
  env: NodeJS.ProcessEnv = process.env,
  { name, cli }: Versions = testedVersions(env),
): Promise<Engine> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = await firstWith(folders, "pulumi");
  if (found === undefined) throw new Error("there is no `pulumi` on the PATH");
  const pulumi = await realpath(join(found, "pulumi"));
  const version = await versionOf(pulumi);
  // Older versions lack the event stream that the lifecycle tests read.
  if (!isAtLeast(version, [3, 206])) throw new Error(`${pulumi} is ${version}, and 3.206 or newer is needed`);
  if (name === "floor" && version !== cli) throw new Error(`${pulumi} is ${version}, and ${cli} is wanted`);
  for (const part of [LANGUAGE_HOST, RESOURCE_SCRIPT]) {
    if ((await firstWith([dirname(pulumi), ...folders], part)) === undefined) {
      throw new Error(`${pulumi} (${version}) has no ${part} beside it or on the PATH`);
    }
  }
  const how = version === cli ? "pulumi on the PATH" : `pulumi on the PATH, instead of ${cli}`;
  return { bin: dirname(pulumi), pulumi, version, how };
}

/** Compares the first two numbers of a version such as `v3.259.0`. */
export function isAtLeast(version: string, [major, minor]: [number, number]): boolean {
  const [, foundMajor, foundMinor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (foundMajor === undefined || foundMinor === undefined) return false;
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
}

async function versionOf(pulumi: string): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return (await runCommand(pulumi, ["version"], { env, timeoutMs: 30_000 })).trim();
}

// The script is the same in SDK 3.248 and 3.276: it finds the SDK from the working directory of the program.
async function copyResourceScript(bin: string): Promise<void> {
  const source = join(dirname(require.resolve("@pulumi/pulumi/package.json")), RESOURCE_SCRIPT);
  const target = join(bin, RESOURCE_SCRIPT);
  const [wanted, present] = await Promise.all([readFile(source), readFile(target).catch(() => undefined)]);
  if (present?.equals(wanted) === true && (await isExecutable(target))) return;
  // Renamed into place, so that a run at the same time never starts a partial script.
  const partial = `${target}.${process.pid}`;
  await copyFile(source, partial);
  await rename(partial, target);
}

async function firstWith(folders: string[], file: string): Promise<string | undefined> {
  for (const folder of folders) {
    if (await isExecutable(join(folder, file))) return folder;
  }
  return undefined;
}

/** True for an executable file. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
