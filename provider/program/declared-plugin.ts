import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../mistake";
import { isMocked } from "./check-configuration";

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];
const EXECUTABLES = ["pulumi-resource-keycard-secrets", "pulumi-resource-keycard-secrets.cmd"];
const PACKAGED = join("node_modules", "pulumi-keycard", "plugin");

/** A key with a value, or the name of a plugin. A setting such as `keycard-secrets:zoneId` is not a declaration. */
const DECLARATION = /(^|[{,\s])["']?keycard-secrets["']?:\s|\bname["']?:\s*["']?keycard-secrets\b/;

let checked = false;

/**
 * Makes sure that the engine will find the plugin. Otherwise the engine (CLI 3.274) would try to download it, and
 * report an address that does not exist.
 *
 * @throws an Error with the lines to add to the project file
 */
export function requireDeclaredPlugin(called: NewableFunction | CallableFunction): void {
  if (checked || isMocked()) return;
  checked = true;
  const file = projectFile();
  // The project of an inline program of the Automation API is unknown, and the engine ends the run without an answer.
  if (file === undefined || DECLARATION.test(readFileSync(file, "utf8"))) return;
  if (isOnPath() || isInstalled()) return;
  checked = false;
  throw mistake(
    `The project does not declare the plugin keycard-secrets. Add these lines to ${file}:\n\n` +
      `plugins:\n  providers:\n    - name: keycard-secrets\n      path: ${pathFrom(dirname(file))}\n`,
    called,
  );
}

function projectFile(): string | undefined {
  const isRunByCli = process.argv[1]?.includes(join("@pulumi", "pulumi", "cmd", "run")) ?? false;
  // Empty for an inline program, which may run in a folder with the project of another program.
  const root = pulumi.getRootDirectory();
  const folders = [...(root === "" ? [] : [root]), ...(isRunByCli ? foldersUpward(process.cwd()) : [])];
  return folders
    .flatMap((folder) => PROJECT_FILES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** The path to the installed plugin. In a workspace, it may be in a parent folder. */
function pathFrom(project: string): string {
  const folder = foldersUpward(project).find((folder) => existsSync(join(folder, PACKAGED))) ?? project;
  const path = relative(project, join(folder, PACKAGED)).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}

function foldersUpward(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpward(parent)];
}

function isOnPath(): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) => EXECUTABLES.some((name) => existsSync(join(folder, name))));
}

function isInstalled(): boolean {
  const plugins = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  return (
    existsSync(plugins) && readdirSync(plugins).some((name) => name.startsWith("resource-keycard-secrets-v"))
  );
}
