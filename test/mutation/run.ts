import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../run-step";
import { FOLDERS, type MutatedFolder } from "./folders";
import { scoreOf, type Score } from "./score";

/** The least share of mutants that the tests of a folder have to find, in percent. */
const LEAST_PERCENT = 80;

/** The option that does not leave out the mutants of constants. */
const CONSTANTS = "--constants";

/** Where reports are: nothing there is committed, linted or published. */
const REPORTS = "node_modules/.cache/mutation";

/**
 * Changes the code of a folder in many small ways, one at a time, and counts how many of these mutants its tests find.
 *
 * @param args - names of folders below `provider/`, with their subfolders; then `--constants`, and options of Stryker's such
 *   as `--incremental`
 */
async function main(args: string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith("-"));
  const options = args.filter((arg) => arg.startsWith("-") && arg !== CONSTANTS);
  const isIn = (name: string, folder: string) => name === folder || name.startsWith(`${folder}/`);
  const unknown = names.find((name) => !FOLDERS.some((folder) => isIn(folder.name, name)));
  if (unknown !== undefined) {
    console.error(
      `There is no folder "${unknown}". The folders are ${FOLDERS.map(({ name }) => name).join(", ")}.`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen = FOLDERS.filter(({ name }) => names.length === 0 || names.some((each) => isIn(name, each)));
  const scores: [string, Score][] = [];
  for (const folder of chosen) {
    const score = await mutate(folder, args.includes(CONSTANTS), options);
    if (score) scores.push([folder.name, score]);
    else process.exitCode = 1;
  }
  print(scores);
}

/** Runs Stryker for a folder; the result is undefined if it could not finish. */
async function mutate(
  { name, specs }: MutatedFolder,
  hasConstants: boolean,
  options: string[],
): Promise<Score | undefined> {
  console.log(`\n== ${name}`);
  const report = join(REPORTS, `${name.replace("/", "-")}`);
  const config = {
    mutate: [`provider/${name}/*.ts`],
    testRunner: "mocha",
    plugins: ["@stryker-mutator/mocha-runner"],
    mochaOptions: { require: ["tsx", "./test/mutation/mocha-setup.ts"], spec: specs },
    coverageAnalysis: "perTest",
    concurrency: 2,
    // A mutant of a constant needs a process of its own, so that a tenth of the mutants would take half of the time.
    ignoreStatic: !hasConstants,
    // A busy machine must not make a mutant look as if its tests never ended.
    timeoutMS: 60_000,
    // Types are checked without mutants: a mutant need not compile.
    disableTypeChecks: "provider/**/*.ts",
    ignorePatterns: ["/docs", "/sdk", "/examples", "/test/lifecycle", "/test/bench"],
    reporters: ["json", "html", "progress-append-only"],
    jsonReporter: { fileName: `${report}.json` },
    htmlReporter: { fileName: `${report}.html` },
    incrementalFile: `${report}-incremental.json`,
    thresholds: { high: 90, low: LEAST_PERCENT, break: LEAST_PERCENT },
  };
  mkdirSync(REPORTS, { recursive: true });
  rmSync(`${report}.json`, { force: true });
  writeFileSync(`${report}-config.json`, JSON.stringify(config, null, 2));
  const code = await runTool("@stryker-mutator/core/bin/stryker.js", [
    "run",
    `${report}-config.json`,
    ...options,
  ]);
  try {
    const score = scoreOf(`${report}.json`);
    if (code !== 0) process.exitCode = 1;
    console.log(`Each mutant: ${report}.html`);
    return score;
  } catch {
    console.error(`Stryker did not finish: the tests have to pass without mutants first.`);
    return undefined;
  }
}

function print(scores: [string, Score][]): void {
  const columns = ["killed", "timedOut", "survived", "uncovered", "ignored"] as const;
  const cells = (texts: string[]) => texts.map((text) => text.padStart(11)).join("");
  console.log(`\n${"folder".padEnd(20)}${cells([...columns, "found"])}`);
  for (const [name, score] of scores) {
    const counts = columns.map((column) => String(score[column]));
    console.log(`${name.padEnd(20)}${cells([...counts, `${score.percent.toFixed(1)} %`])}`);
  }
}

void main(process.argv.slice(2));
