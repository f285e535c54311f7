import { copyFile, cp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { asGoModule, generateSdk } from "../../engine/sdks";
import { runCommand } from "../../engine/run-command";

const ROOT = resolve(__dirname, "../../..");
const GENERATOR = join(ROOT, "test/engine/sdk-generator");

/** Go compiles Pulumi's SDK and the plugin's SDK, which takes minutes the first time. */
export const COMPILED_WITHIN_MS = 900_000;

const log = (line: string) => void process.stderr.write(`engine: ${line}\n`);

/**
 * Installs the SDK for Python into an environment of its own.
 *
 * @param folder - a temporary folder
 * @returns the folder of its `python`
 */
export async function pythonWithSdk(folder: string): Promise<string> {
  const [sdk, venv] = [join(folder, "python"), join(folder, "venv")];
  await generateSdk("python", sdk, log);
  await runCommand("python3", ["-m", "venv", venv], { timeoutMs: 120_000 });
  await runCommand(join(venv, "bin/pip"), ["install", "--quiet", sdk], { timeoutMs: 300_000 });
  return join(venv, "bin");
}

/**
 * Compiles the Go example with the SDK for Go.
 *
 * @param folder - a temporary folder
 * @returns the folder of the program, in which the host can compile it again, and the compiled program
 */
export async function goProgram(folder: string): Promise<{ program: string; binary: string }> {
  const sdk = join(folder, "go");
  await generateSdk("go", sdk, log);
  const module = await asGoModule(sdk);
  const env = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=mod -buildvcs=false" };
  const options = { env, timeoutMs: COMPILED_WITHIN_MS, yielding: true };
  const build = (args: string[], cwd: string) =>
    runCommand("go", ["build", "-p", "1", ...args], { cwd, ...options });
  await build(["./..."], sdk);
  // With the versions of the SDK, which are in the cache of modules.
  const program = join(folder, "go-program");
  await cp(join(ROOT, "examples/go"), program, { recursive: true });
  const own = `\nrequire ${module} v0.2.0\nreplace ${module} => ${sdk}\n`;
  const manifest = await readFile(join(GENERATOR, "go.mod"), "utf8");
  await writeFile(join(program, "go.mod"), manifest.replace(/^module .*/, "module keycard-go") + own);
  await copyFile(join(GENERATOR, "go.sum"), join(program, "go.sum"));
  // Also completes the files, so that the host can build the program.
  const binary = join(folder, "go-binary");
  await build(["-o", binary, "."], program);
  return { program, binary };
}
