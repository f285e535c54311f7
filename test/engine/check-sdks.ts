import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommand } from "./run-command";
import { asGoModule, generateSdk, LANGUAGES } from "./sdks";
import { MAIN } from "./versions";

const ROOT = resolve(__dirname, "../..");
const WITHIN_MS = 900_000;

/** A tool of a language, or the registry of its packages, cannot be had here. */
class Unavailable extends Error {}

const run = (command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}) =>
  runCommand(command, args, { cwd, env: { ...process.env, ...env }, timeoutMs: WITHIN_MS });

const needed = (command: string, args: string[], cwd: string) =>
  run(command, args, cwd).catch((error: unknown) => {
    throw new Unavailable((error as Error).message.split("\n")[0]);
  });

/** Programs that use what the examples do not. */
const PYTHON = `import pulumi_keycard_secrets as keycard

keycard.Secret(
    "a",
    entity_id="e",
    data={
        "type": "token",
        "token": {"from_command": ["sops"], "field": "a[0].b", "accept_any_value": True, "pass_env": ["A"]},
    },
)
keycard.Secret("b", entity_id="e", data={"type": "token", "token": {"from_file": "f", "field": "a"}})
`;
const goUsing = (module: string) => `package uses

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	keycard "${module}/keycardsecrets"
)

var Command = keycard.CommandSourceArgs{
	FromCommand: pulumi.ToStringArray([]string{"sops"}),
	Field:       pulumi.String("a[0].b"),
}
var File = keycard.FileSourceArgs{FromFile: pulumi.String("f"), Field: pulumi.String("a")}
`;

/** How each SDK is checked with the tools of its language. */
const CHECKS: Record<(typeof LANGUAGES)[number], (sdk: string) => Promise<void>> = {
  async nodejs(sdk) {
    // Its own dependencies, because it needs the SDK that the generator belongs to.
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `@pulumi/pulumi@${MAIN.sdk}`];
    await needed("npm", args, sdk);
    await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit"], sdk);
  },
  /** With the example, which has to satisfy both type checkers. */
  async python(sdk) {
    await needed("python3", ["-m", "venv", join(sdk, "venv")], sdk);
    const bin = join(sdk, "venv/bin");
    await needed(join(bin, "pip"), ["install", "--quiet", sdk, "mypy", "pyright"], sdk);
    const uses = join(sdk, "venv/uses.py");
    await writeFile(uses, PYTHON);
    // Away from the sources, so that the SDK is the installed one.
    for (const program of [join(ROOT, "examples/python/__main__.py"), uses]) {
      await run(join(bin, "mypy"), [program], bin);
      await run(join(bin, "pyright"), ["--pythonpath", join(bin, "python"), program], bin);
    }
  },
  async go(sdk) {
    await needed("go", ["version"], sdk);
    const module = await asGoModule(sdk);
    await mkdir(join(sdk, "uses"));
    await writeFile(join(sdk, "uses/uses.go"), goUsing(module));
    await run("go", ["vet", "./..."], sdk, { GOWORK: "off", GOFLAGS: "-mod=mod -buildvcs=false" });
  },
};

/** Generates each SDK and checks it. A language whose tools are missing is named as not run. */
async function main(): Promise<void> {
  const counts = { passed: 0, failed: 0, missing: 0 };
  for (const language of LANGUAGES) {
    const sdk = await mkdtemp(join(tmpdir(), `pulumi-keycard-sdk-`));
    try {
      await generateSdk(language, sdk, console.log);
      await CHECKS[language](sdk);
      counts.passed++;
      console.log(`${language}: passed`);
    } catch (error) {
      const isMissing = error instanceof Unavailable;
      counts[isMissing ? "missing" : "failed"]++;
      console.log(`${language}: ${isMissing ? "NOT RUN: " : ""}${(error as Error).message}`);
    } finally {
      await rm(sdk, { recursive: true, force: true });
    }
  }
  console.log("dotnet, java: NOT RUN: their generators are in no registry of Go modules");
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.missing + 2} not run`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

void main();
