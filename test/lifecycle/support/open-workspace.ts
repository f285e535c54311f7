import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

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
      createStack(folders, everything, command, stackName, program),
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
  program: PulumiFn | undefined,
): Promise<Stack> {
  const common = { pulumiCommand, pulumiHome: home, envVars };
  if (program === undefined) {
    return LocalWorkspace.createStack({ stackName, workDir: project }, common);
  }
  return LocalWorkspace.createStack(
    { stackName, projectName: "lifecycle", program },
    { ...common, workDir: project, projectSettings: PROJECT },
  );
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
