import { findEngine } from "./engine/find-engine";
import { openRuntime } from "./engine/runtime";
import { lifecycleArgs, runMocha, runTool, UNIT_ARGS, type Counts, type ToolOptions } from "./run-step";
import { inRunFolder } from "./support/run-folder";

interface Step {
  name: string;
  /** Steps that have to pass first. */
  needs: string[];
  /** Steps that have to end first, so that each has the processor to itself when that matters. */
  after?: string[];
  /** Runs in parallel with others, and prints its output in one piece. */
  beside?: boolean;
  run: (options: ToolOptions, mochaArgs: string[], specs: string[]) => Promise<Counts>;
}

interface Outcome extends Counts {
  name: string;
  seconds: string;
}

const tool = (script: string, ...args: string[]): Step["run"] => {
  return async (options) => oneOf((await runTool(script, args, options)) === 0);
};

// Without it, a check of all files takes a minute on two cores. `npm ci` empties it.
const ESLINT_CACHE = [
  "--cache",
  "--cache-location",
  "node_modules/.cache/eslint/",
  "--cache-strategy",
  "content",
];

// Each step comes after the steps that it waits for.
const STEPS: Step[] = [
  // If the engine has to be built, that takes minutes, in which the steps before the unit tests run.
  { name: "engine", needs: [], beside: true, run: getEngine },
  { name: "build", needs: [], run: tool("tsx/dist/cli.mjs", "build.ts") },
  {
    name: "formatting",
    needs: [],
    after: ["build"],
    beside: true,
    run: tool("prettier/bin/prettier.cjs", "--check", "."),
  },
  { name: "lint", needs: ["build"], beside: true, run: tool("eslint/bin/eslint.js", ...ESLINT_CACHE, ".") },
  {
    name: "layers",
    needs: [],
    after: ["build"],
    beside: true,
    run: tool("dependency-cruiser/bin/dependency-cruise.mjs", "provider"),
  },
  {
    name: "types",
    needs: ["build"],
    beside: true,
    run: tool("typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"),
  },
  {
    name: "unit",
    needs: ["build"],
    after: ["engine", "formatting", "lint", "layers", "types"],
    run: (options, args) => runMocha([...UNIT_ARGS, ...args], options),
  },
  {
    name: "lifecycle",
    needs: ["build", "engine"],
    after: ["unit"],
    run: runLifecycle,
  },
];

/**
 * Runs the steps and ends with the line `N passed, N failed`, which counts each test and each step without tests.
 *
 * @param args - names of steps, to run only these and what they need; after `lifecycle`, names of its specs; then options for
 *   mocha
 */
async function main(args: string[]): Promise<void> {
  const options = args.findIndex((arg) => arg.startsWith("-"));
  const words = options === -1 ? args : args.slice(0, options);
  const afterSteps = !words.includes("lifecycle") ? words.length : words.indexOf("lifecycle") + 1;
  const [names, specs] = [words.slice(0, afterSteps), words.slice(afterSteps)];
  const mochaArgs = options === -1 ? [] : args.slice(options);
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    console.error(
      `There is no step "${unknown}". The steps are ${STEPS.map(({ name }) => name).join(", ")}.`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen = stepsFor(names);
  const running = new Map<string, Promise<Outcome>>();
  for (const step of STEPS.filter(({ name }) => chosen.has(name))) {
    const before = [...step.needs, ...(step.after ?? [])].flatMap((name) => running.get(name) ?? []);
    running.set(step.name, outcomeOf(step, before, mochaArgs, specs));
  }
  printSummary(await Promise.all(running.values()));
}

async function outcomeOf(
  step: Step,
  before: Promise<Outcome>[],
  mochaArgs: string[],
  specs: string[],
): Promise<Outcome> {
  const { name, needs, beside = false } = step;
  const missing = (await Promise.all(before)).find((each) => each.failed > 0 && needs.includes(each.name));
  if (missing !== undefined) return { name, passed: 0, failed: 1, seconds: `needs ${missing.name}` };
  const started = Date.now();
  if (!beside) console.log(`\n== ${name}`);
  const counts = await step.run({ buffered: beside }, mochaArgs, specs);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (beside) console.log(`== ${name}: ${counts.failed > 0 ? "failed" : "passed"} (${seconds} s)`);
  return { name, ...counts, seconds };
}

function stepsFor(names: string[]): Set<string> {
  if (names.length === 0) return new Set(STEPS.map(({ name }) => name));
  const needed = STEPS.filter(({ name }) => names.includes(name)).flatMap(({ needs }) => needs);
  return new Set([...names, ...needed]);
}

/** Runs the specs on today's Node.js and SDK, in a copy of this repository if it has others. */
async function runLifecycle(options: ToolOptions, args: string[], specs: string[]): Promise<Counts> {
  const runtime = await openRuntime(console.log).catch((error: unknown) => (error as Error).message);
  if (typeof runtime === "string") {
    console.error(runtime);
    return oneOf(false);
  }
  try {
    console.log(`== lifecycle on ${runtime.what}`);
    return await runMocha([...lifecycleArgs(specs.length > 0 ? specs : undefined), ...args], {
      ...options,
      ...runtime,
    });
  } finally {
    await runtime.close();
  }
}

async function getEngine(): Promise<Counts> {
  try {
    const { version, pulumi, how } = await findEngine();
    console.log(`Pulumi ${version} at ${pulumi} (${how})`);
    return oneOf(true);
  } catch (error) {
    console.error((error as Error).message);
    return oneOf(false);
  }
}

function oneOf(passed: boolean): Counts {
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function printSummary(outcomes: Outcome[]): void {
  const sum = (key: "passed" | "failed") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const row = (name: string, passed: string, failed: string, seconds: string) =>
    `${name.padEnd(12)}${passed.padStart(8)}${failed.padStart(8)}  ${seconds.padStart(9)}`;
  console.log(`\n${row("step", "passed", "failed", "seconds")}`);
  for (const { name, passed, failed, seconds } of outcomes) {
    console.log(row(name, String(passed), String(failed), seconds));
  }
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 && outcomes.length > 0 ? 0 : 1;
}

void inRunFolder(() => main(process.argv.slice(2)));
