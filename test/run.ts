import type { Counts } from "./count-reporter";
import { findEngine } from "./engine/find-engine";
import { LIFECYCLE_ARGS, runMocha, runTool, UNIT_ARGS, type ToolOptions } from "./run-step";

interface Step {
  name: string;
  /** Steps that have to pass first. */
  needs: string[];
  run: (options: ToolOptions, mochaArgs: string[]) => Promise<Counts>;
}

interface Outcome extends Counts {
  name: string;
  seconds: string;
}

const tool = (name: string, needs: string[], script: string, ...args: string[]): Step => ({
  name,
  needs,
  run: async (options) => oneOf((await runTool(script, args, options)) === 0),
});

// Those of one group run side by side, and one group after the other.
const GROUPS: Step[][] = [
  [tool("build", [], "tsx/dist/cli.mjs", "build.ts")],
  [
    tool("formatting", [], "prettier/bin/prettier.cjs", "--check", "."),
    tool("lint", ["build"], "eslint/bin/eslint.js", "."),
    tool("types", ["build"], "typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"),
  ],
  [
    {
      name: "unit",
      needs: ["build"],
      run: (options, args) => runMocha([...UNIT_ARGS, ...args], options),
    },
  ],
  [{ name: "engine", needs: [], run: getEngine }],
  [
    {
      name: "lifecycle",
      needs: ["build", "engine"],
      run: (options, args) => runMocha([...LIFECYCLE_ARGS, ...args], options),
    },
  ],
];

/**
 * Runs the steps and ends with the line `N passed, N failed`: each test counts, and each step that is no test.
 *
 * @param args - names of steps, to run only these and what they need; then options for mocha
 */
async function main(args: string[]): Promise<void> {
  const options = args.findIndex((arg) => arg.startsWith("-"));
  const names = options === -1 ? args : args.slice(0, options);
  const mochaArgs = options === -1 ? [] : args.slice(options);
  const chosen = stepsFor(names);
  const outcomes: Outcome[] = [];

  for (const group of GROUPS) {
    const steps = group.filter(({ name }) => chosen.has(name));
    const buffered = steps.length > 1;
    const ran = await Promise.all(
      steps.map(async (step): Promise<Outcome> => {
        const missing = outcomes.find(({ name, failed }) => failed > 0 && step.needs.includes(name));
        if (missing !== undefined)
          return { name: step.name, passed: 0, failed: 1, seconds: `needs ${missing.name}` };
        const started = Date.now();
        if (!buffered) console.log(`\n== ${step.name}`);
        const counts = await step.run({ buffered }, mochaArgs);
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        if (buffered)
          console.log(`== ${step.name}: ${counts.failed > 0 ? "failed" : "passed"} (${seconds} s)`);
        return { name: step.name, ...counts, seconds };
      }),
    );
    outcomes.push(...ran);
  }
  printSummary(outcomes);
}

function stepsFor(names: string[]): Set<string> {
  const all = GROUPS.flat();
  const unknown = names.find((name) => !all.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no step "${unknown}": ${all.map(({ name }) => name).join(", ")}`);
  }
  if (names.length === 0) return new Set(all.map(({ name }) => name));
  const needed = all.filter(({ name }) => names.includes(name)).flatMap(({ needs }) => needs);
  return new Set([...names, ...needed]);
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

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
