import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";

import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";

import { findEngine } from "../../engine/find-engine";
import { engineEnvironment, withEnvironment } from "./environment";
import { useOwnConnections } from "./own-connections";
import { Workspace, type Config, type Folders } from "./workspace";

const STACK_NAME = "test";

/** The repository's own `node_modules`. */
export const NODE_MODULES = resolve(__dirname, "../../../node_modules");

/** The project of an inline program, with the two lines that declare the plugin. The SDK's type lacks them. */
const PROJECT = {
  name: "lifecycle",
  runtime: "nodejs" as const,
  packages: { "keycard-secrets": "./node_modules/pulumi-keycard/plugin" },
};

/** What {@link openWorkspace} runs, and its settings. */
export interface WorkspaceOptions {
  /** A function that runs in this process instead of a program. It can be changed between runs. */
  program?: PulumiFn;
  /** A project's folder, copied without changes. Its program runs in its own process. */
  folder?: string;
  /**
   * The `node_modules` that the project sees.
   *
   * @defaultValue the repository's
   */
  modules?: string;
  config?: Config;
  /** @defaultValue `test` */
  stackName?: string;
  /** For the engine, the provider and the program. They get no other variable named `KEYCARD_…` or `PULUMI_…`. */
  env?: Record<string, string>;
}

/**
 * Opens a stack in a temporary folder, on the real engine. Close it at the end.
 *
 * @throws when no engine is found, with what to install
 */
export async function openWorkspace({
  program,
  folder,
  modules = NODE_MODULES,
  config,
  stackName = STACK_NAME,
  env,
}: WorkspaceOptions): Promise<Workspace> {
  useOwnConnections();
  const command = await theCommand();
  // Resolved, like a process's working directory: on macOS the temporary folder is a link.
  const root = join(await realpath(tmpdir()), "pulumi-keycard-");
  const folders = await makeFolders(await mkdtemp(root));
  try {
    // Otherwise the SDK might use a package.json in a parent folder.
    await writeFile(join(folders.root, "package.json"), "{}");
    if (folder !== undefined) await copyProject(folder, folders.project);
    await symlink(modules, join(folders.project, "node_modules"));
    const everything = { ...engineEnvironment(folders), ...env };
    const stack = await withEnvironment(everything, () =>
      program === undefined
        ? createStack(folders, everything, command, stackName)
        : createInlineStack(folders, everything, command, stackName, program),
    );
    const workspace = new Workspace(stack, folders, everything);
    await workspace.setConfig(config ?? {});
    return workspace;
  } catch (error) {
    await rm(folders.root, { recursive: true, force: true });
    throw error;
  }
}

async function createStack(
  { home, project }: Folders,
  envVars: Record<string, string>,
  pulumiCommand: PulumiCommand,
  stackName: string,
): Promise<Stack> {
  const options = { pulumiCommand, pulumiHome: home, envVars };
  return LocalWorkspace.createStack({ stackName, workDir: project }, options);
}

/** The files of a new stack, by their paths. */
type NewStack = Map<string, Buffer>;

// To create a stack and to derive its key takes as long as half a preview, and all new stacks of one name are alike.
const newStacks = new Map<string, NewStack>();

async function createInlineStack(
  folders: Folders,
  envVars: Record<string, string>,
  pulumiCommand: PulumiCommand,
  stackName: string,
  program: PulumiFn,
): Promise<Stack> {
  const { root, home, state, project } = folders;
  const args = { stackName, projectName: PROJECT.name, program };
  const common = { pulumiCommand, pulumiHome: home, envVars };
  const options = { ...common, workDir: project, projectSettings: PROJECT };
  if (envVars["PULUMI_BACKEND_URL"] !== `file://${state}`) return LocalWorkspace.createStack(args, options);
  const like = JSON.stringify([stackName, envVars["PULUMI_CONFIG_PASSPHRASE"], pulumiCommand.command]);
  const known = newStacks.get(like);
  if (known !== undefined) {
    for (const [path, content] of known) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    return LocalWorkspace.selectStack(args, options);
  }
  const stack = await LocalWorkspace.createStack(args, options);
  const entries = await readdir(state, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const written: NewStack = new Map();
  for (const path of [...paths, join(project, `Pulumi.${stackName}.yaml`)]) {
    written.set(relative(root, path), await readFile(path));
  }
  newStacks.set(like, written);
  return stack;
}

/** Creates the folders of a stack in an existing folder. */
export async function makeFolders(root: string): Promise<Folders> {
  const folders = {
    root,
    home: join(root, "home"),
    state: join(root, "state"),
    project: join(root, "project"),
  };
  for (const folder of [folders.home, folders.state, folders.project]) await mkdir(folder);
  return folders;
}

async function copyProject(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (source) => basename(source) !== "node_modules" });
}

let command: Promise<PulumiCommand> | undefined;

/** Finds the engine once for each process. */
function theCommand(): Promise<PulumiCommand> {
  command ??= findEngine(quietUnlessSlow).then((engine) =>
    PulumiCommand.get(engine.root === undefined ? {} : { root: engine.root }),
  );
  return command;
}

/** If every way fails, the error already names each failure. A build that takes minutes is announced. */
function quietUnlessSlow(line: string): void {
  if (!line.startsWith("not ")) process.stderr.write(`engine: ${line}\n`);
}
