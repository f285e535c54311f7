import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";

/** How many tests passed and failed. */
export interface Counts {
  passed: number;
  failed: number;
}

// Some specs wait for time instead of the processor, so there is one job more than cores.
const JOBS = Math.min(4, availableParallelism() + 1);

const IN_PARALLEL = ["--parallel", `--jobs=${JOBS}`];

/** The specs that need no engine. */
export const UNIT_ARGS = [
  ...IN_PARALLEL,
  "test/**/*.spec.ts",
  "--ignore",
  "test/lifecycle/**",
  "--ignore",
  "test/archive/**",
];

const LIFECYCLE_OPTIONS = [...IN_PARALLEL, "--timeout=180000", "--slow=30000"];

// The specs that take most processor time, as measured, 72 to 18 s. Specs that are not listed take less time, and may run in any order.
const LONGEST = [
  "examples-readme",
  "languages",
  "ownership",
  "value-source",
  "identity",
  "unconfirmed-creates",
  "leaks",
  "examples-claims",
  "native-options",
  "examples",
  "faults",
  "drift",
];

/**
 * Returns the arguments for the specs that run on the engine, one file per process, slowest first. If a slow one came
 * last, the other processes would wait for it.
 *
 * @param only - names of specs. Default: all
 */
export function lifecycleArgs(only?: readonly string[]): string[] {
  const found = readdirSync(join(__dirname, "lifecycle"))
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => basename(file, ".spec.ts"));
  const missing = [...LONGEST, ...(only ?? [])].find((name) => !found.includes(name));
  if (missing !== undefined) throw new Error(`There is no lifecycle test ${missing}.`);
  const rank = (name: string) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  const specs = found
    .filter((name) => only?.includes(name) ?? true)
    .sort((one, other) => rank(one) - rank(other));
  return [...LIFECYCLE_OPTIONS, ...specs.map((name) => `test/lifecycle/${name}.spec.ts`)];
}

/** How to run a tool. */
export interface ToolOptions {
  /** Default: this process's working directory. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The Node.js binary. Default: this process's own. */
  node?: string;
  /** Prints the output at the end, in one piece, so that tools can run in parallel. */
  buffered?: boolean;
}

/**
 * Runs one of the project's tools and prints its output.
 *
 * @param script - the tool's file in `node_modules`
 * @returns its exit code
 */
export async function runTool(script: string, args: string[], options: ToolOptions = {}): Promise<number> {
  const { buffered = false, cwd = process.cwd(), env = process.env, node = process.execPath } = options;
  const file = join(cwd, "node_modules", script);
  const child = spawn(node, [file, ...args], {
    cwd,
    env,
    stdio: ["ignore", buffered ? "pipe" : "inherit", buffered ? "pipe" : "inherit"],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (buffered) process.stdout.write(Buffer.concat(chunks));
  return code ?? 1;
}

/**
 * Runs mocha, and returns the counts. A run that crashes or has no tests counts as failed, whatever its tests report.
 *
 * @param args - spec files and options
 */
export async function runMocha(args: string[], options: ToolOptions = {}): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-keycard-counts-"));
  const file = join(folder, "counts.json");
  try {
    const all = ["--reporter", "test/count-reporter.ts", ...args];
    const files = args.filter((arg) => arg.endsWith(".ts") && !arg.includes("*")).length;
    const env = { ...(options.env ?? process.env), COUNTS_FILE: file, SPEC_FILES: String(files) };
    const code = await runTool("mocha/bin/mocha.js", all, { ...options, env });
    const counts = readCounts(file);
    if (counts.passed + counts.failed === 0) console.error("No test ran at all.");
    const ended = counts.failed === 0 && (code !== 0 || counts.passed === 0);
    return ended ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    // Mocha ended before its reporter did.
    return { passed: 0, failed: 0 };
  }
}
