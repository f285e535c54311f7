import { spawn } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Keycard } from "../../emulator";
import { findEngine } from "../../engine/find-engine";
import { engineEnvironment } from "./environment";
import { NODE_MODULES } from "./open-workspace";

/** What a reader types when a command of the documents asks for it. */
export type Typed = Record<string, string>;

/** A project's folder and a shell in it, for tests that follow a document word by word. */
export interface Newcomer {
  folder: string;
  /** Writes a file of the project. */
  write(file: string, text: string): Promise<void>;
  /** Runs the lines of a document, and returns what they print. @throws if one of them fails */
  run(script: string, typed?: Typed): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens an empty project in which `pulumi` is available.
 *
 * @param more - further variables of the shell
 * @param isInstalled - whether the project has the packages of this repository
 */
export async function openNewcomer(
  keycard: Keycard,
  more: Record<string, string> = {},
  isInstalled = true,
): Promise<Newcomer> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-newcomer-"));
  const folders = { home: join(root, "home"), state: join(root, "state"), project: join(root, "project") };
  const ours = join(root, "bin");
  for (const folder of [...Object.values(folders), ours]) await mkdir(folder);
  // npm links it where the package is installed, but not in a repository that was not built before.
  await symlink(join(NODE_MODULES, "pulumi-keycard/dist/command-line.js"), join(ours, "pulumi-keycard"));
  if (isInstalled) await symlink(NODE_MODULES, join(folders.project, "node_modules"));
  const { pulumi } = await findEngine(() => undefined);
  const env = {
    ...engineEnvironment(folders),
    PULUMI_SKIP_CONFIRMATIONS: "true",
    // A unit test already compiles the programs, which takes most of the time.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    KEYCARD_ENDPOINT: keycard.url,
    PATH: [
      dirname(process.execPath),
      dirname(pulumi),
      join(NODE_MODULES, ".bin"),
      ours,
      process.env["PATH"],
    ].join(delimiter),
    HOME: folders.home,
    TMPDIR: root,
    ...more,
  };
  return {
    folder: folders.project,
    write: (file, text) => writeFile(join(folders.project, file), text),
    run: (script, typed = {}) => bash(withTyped(script, typed), folders.project, env),
    close: () => rm(root, { recursive: true }),
  };
}

/** Types what a command asks for, and replaces names such as YOUR_CLIENT_ID with values. */
function withTyped(script: string, typed: Typed): string {
  const filled = script.replace(/\b[A-Z]+(_[A-Z]+)*_(ID|SECRET)\b(?!=)/g, (name) => typed[name] ?? name);
  return filled.replace(/^(pulumi config set --secret (\S+))$/gm, (line, command: string, key: string) => {
    if (typed[key] === undefined) throw new Error(`The test does not say what to type for ${key}.`);
    return `printf %s '${typed[key]}' | ${command}`;
  });
}

function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => (output += text.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${script}\n${output}`))));
  });
}
