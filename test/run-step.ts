import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";

/** How many tests passed and failed. */
export interface Counts {
  passed: number;
  failed: number;
}

/** The specs that need no engine. */
export const UNIT_ARGS = ["test/**/*.spec.ts", "--ignore", "test/lifecycle/**", "--ignore", "test/newest/**"];

// A run on the engine is bound by the processor: side by side they take half as long on two cores.
const JOBS = Math.min(4, Math.max(2, availableParallelism()));

const LIFECYCLE_OPTIONS = ["--parallel", `--jobs=${JOBS}`, "--timeout=180000", "--slow=30000"];

// Those that take longest, longest first. What is not named takes less, and may come in any order.
const LONGEST = [
  "leaks",
  "faults",
  "languages",
  "native-endings",
  "ownership",
  "examples-readme",
  "value-source",
  "identity",
  "unconfirmed-creates",
  "examples",
  "examples-claims",
];

/**
 * The specs that run on the engine, one file to a process, the longest first: were one of them left for the end, the
 * other processes would wait for it.
 *
 * @param leftOut - names of specs that are not to run
 */
export function lifecycleArgs(leftOut: readonly string[] = []): string[] {
  const found = readdirSync(join(__dirname, "lifecycle"))
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => basename(file, ".spec.ts"));
  const missing = [...LONGEST, ...leftOut].find((name) => !found.includes(name));
  if (missing !== undefined) throw new Error(`There is no lifecycle test ${missing}.`);
  const rank = (name: string) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  const specs = found.filter((name) => !leftOut.includes(name)).sort((one, other) => rank(one) - rank(other));
  return [...LIFECYCLE_OPTIONS, ...specs.map((name) => `test/lifecycle/${name}.spec.ts`)];
}

/** How a tool is run. */
export interface ToolOptions {
  /** Default: this process's working directory. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The Node.js binary. Default: this process's own. */
  node?: string;
  /** Prints the output in one piece at the end, so that tools can run side by side. */
  buffered?: boolean;
}

/**
 * Runs one of the project's tools and shows its output.
 *
 * @param script - the tool's file, below `node_modules`
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
 * Runs mocha, and counts. A run that ends badly or without any test has failed, whatever its tests say.
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
