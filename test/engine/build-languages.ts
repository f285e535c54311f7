import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";

import { buildProgram, checkGo, type Program } from "./build-engine";
import { isExecutable, kept, type Log } from "./engine";
import { putIntoPlace } from "./put-into-place";
import { runCommand } from "./run-command";
import { HOSTS, MAIN } from "./versions";

const SDK = "github.com/pulumi/pulumi/sdk/v3";

/** What languages other than TypeScript need: the hosts of YAML, Python and Go, and the generator of SDKs. */
const PROGRAMS: Program[] = [
  {
    binary: "pulumi-language-yaml",
    module: "yaml-host",
    path: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  },
  {
    binary: "pulumi-language-python",
    module: "python-host",
    path: `${SDK}/python/cmd/pulumi-language-python`,
  },
  { binary: "pulumi-language-go", module: "go-host", path: `${SDK}/go/pulumi-language-go` },
  { binary: "sdk-generator", module: "sdk-generator", path: "." },
];

/** A script that the Python host starts. It comes with the host's module. */
const PYTHON_SCRIPT = "pulumi-language-python-exec";

/**
 * Builds the language hosts and the generator with Go, and keeps them next to the engine. The first build takes two
 * minutes.
 *
 * @returns the folder of the binaries
 * @throws when Go is missing or too old, or a build fails
 */
export async function languageTools(log: Log): Promise<string> {
  const root = kept(`languages-yaml-${HOSTS["yaml-host"]}-go-${HOSTS["go-host"]}-generator-${MAIN.cli}`);
  const isWhole = (folder: string) => assertWhole(join(folder, "bin"));
  const isKept = await isWhole(root).then(
    () => true,
    () => false,
  );
  if (isKept) return join(root, "bin");
  await checkGo("sdk-generator", log);
  log("building the language hosts with Go: two minutes the first time, then they are cached");
  await putIntoPlace(
    root,
    async (folder) => {
      const bin = join(folder, "bin");
      for (const program of PROGRAMS) await buildProgram(program, bin, log);
      const cwd = join(__dirname, "python-host");
      const module = await runCommand("go", ["list", "-m", "-f", "{{.Dir}}", SDK], {
        cwd,
        timeoutMs: 60_000,
      });
      const target = join(bin, PYTHON_SCRIPT);
      await copyFile(join(module.trim(), "python/cmd", PYTHON_SCRIPT), target);
      await chmod(target, 0o755);
    },
    isWhole,
  );
  return join(root, "bin");
}

async function assertWhole(bin: string): Promise<void> {
  for (const file of [...PROGRAMS.map(({ binary }) => binary), PYTHON_SCRIPT]) {
    if (!(await isExecutable(join(bin, file)))) throw new Error(`${join(bin, file)} is missing`);
  }
}
