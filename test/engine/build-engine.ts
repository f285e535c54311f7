import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cachedRoot, engineAt, isAtLeast, LANGUAGE_HOST, type Engine, type Log } from "./engine";
import { putIntoPlace } from "./put-into-place";
import { runCommand } from "./run-command";
import { cliModule, testedVersions } from "./versions";

const BUILT_WITHIN_MS = 2_400_000;
const PROGRESS_EVERY_MS = 30_000;
const SDK = "github.com/pulumi/pulumi/sdk/v3";

/** A program that is built from a module in this folder. */
export interface Program {
  binary: string;
  /** The folder of the program's `go.mod`. */
  module: string;
  /** The package of the program's `main`. */
  path: string;
}

// Two modules, because the two programs need different versions of Pulumi's SDK for Go.
const programs = (): Program[] => [
  { binary: LANGUAGE_HOST, module: "language-host", path: `${SDK}/nodejs/cmd/pulumi-language-nodejs` },
  {
    binary: "pulumi",
    module: cliModule(testedVersions().cli),
    path: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  },
];

/**
 * Builds the engine with Go from its modules, as any Go tool is built.
 *
 * @throws when Go is missing or too old, or the build fails
 */
export async function buildEngine(log: Log): Promise<Engine> {
  const { cli } = testedVersions();
  await checkGo(cliModule(cli), log);
  log(`building Pulumi ${cli} with Go: 4 to 8 minutes the first time on two cores, then it is cached`);
  await putIntoPlace(
    cachedRoot(),
    async (root) => {
      for (const program of programs()) await buildProgram(program, join(root, "bin"), log);
    },
    (root) => engineAt(root, "built"),
  );
  return engineAt(cachedRoot(), `built with Go into ${cachedRoot()}`);
}

/** The oldest Go that builds a module in this folder, as its `go.mod` sets it, such as `1.26.6`. */
export function goVersion(module: string): string {
  const [, version = ""] = /^go (\S+)$/m.exec(readFileSync(join(__dirname, module, "go.mod"), "utf8")) ?? [];
  return version;
}

/**
 * Checks that the Go on the PATH builds a module in this folder.
 *
 * @throws when Go is missing or too old
 */
export async function checkGo(module: string, log: Log): Promise<void> {
  const wanted = goVersion(module);
  const needed = `Go ${wanted} or newer is needed`;
  const found = await goEnv("GOVERSION", { GOTOOLCHAIN: "local" }).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(missing ? `there is no \`go\` on the PATH; ${needed}` : (error as Error).message);
  });
  if (isGoEnough(found, wanted)) return;
  // Go 1.21 and newer downloads the version that a module requires, unless GOTOOLCHAIN forbids it.
  const toolchain = await goEnv("GOTOOLCHAIN", {});
  if (!isAtLeast(found, [1, 21]) || !/auto|path/.test(toolchain)) {
    throw new Error(`${found} is installed (GOTOOLCHAIN=${toolchain}); ${needed}`);
  }
  log(`${found} is older than Go ${wanted}: it will try to fetch the newer one (GOTOOLCHAIN=${toolchain})`);
}

/** Whether `go1.26.6`, as `go env GOVERSION` prints it, is not older than a version such as `1.25`. */
export function isGoEnough(version: string, wanted: string): boolean {
  const [, minor, patch = "0"] = /^go1\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const [, neededMinor = 0, neededPatch = 0] = wanted.split(".").map(Number);
  if (minor === undefined) return false;
  return Number(minor) > neededMinor || (Number(minor) === neededMinor && Number(patch) >= neededPatch);
}

async function goEnv(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  // In a folder without a go.mod, because a go.mod could require another version.
  const options = { cwd: tmpdir(), env: { ...process.env, ...env }, timeoutMs: 60_000 };
  return (await runCommand("go", ["env", name], options)).trim();
}

/** Builds one program into a folder. */
export async function buildProgram({ binary, module, path }: Program, bin: string, log: Log): Promise<void> {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const ticking = setInterval(() => log(`still building ${binary} (${seconds()})`), PROGRESS_EVERY_MS);
  const ldflags = `-s -w -X ${SDK}/go/common/version.Version=${testedVersions().cli}`;
  try {
    const args = [
      "build",
      "-p",
      "1",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags",
      ldflags,
      "-o",
      join(bin, binary),
      path,
    ];
    await runCommand("go", args, {
      cwd: join(__dirname, module),
      // A developer's own workspace or vendoring settings do not apply to these modules.
      env: { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly" },
      timeoutMs: BUILT_WITHIN_MS,
      yielding: true,
    });
  } finally {
    clearInterval(ticking);
  }
  log(`built ${binary} in ${seconds()}`);
}
