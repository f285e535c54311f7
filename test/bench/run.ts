import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Command } from "commander";
import { findEngine } from "../engine/find-engine";
import { runCommand } from "../engine/run-command";
import { openRuntime } from "../engine/runtime";
import { inRunFolder } from "../support/run-folder";
import { runProgram } from "../support/run-program";
import { renderPage, renderReport } from "./page";
import { loadResults, MEASURED_FILE, RESULTS_FILE, saveResults, type Results } from "./results";
import { measureScenario, planOf, say, warmUp } from "./scenarios";
import { compilePrograms, type Tools } from "./stack";

const ROOT = resolve(__dirname, "../..");

type Flags = Partial<Record<"quick" | "save" | "render", boolean>>;
type Options = Flags & { only?: string; again?: string | true };

/** The figures so far, with a hash of the package and of the bench. The rest has to be the same to go on. */
interface Measured extends Results {
  quick: boolean;
  of: string;
}

const program = new Command("npm run bench --")
  .description(
    "Measures the package and its plugin, a no-op provider and a conventional one, and prints tables. Figures of a scenario are\n" +
      "kept in test/bench/measured.json when it ends, so that a run that was interrupted goes on with the next one.",
  )
  .option("--quick", "a tenth of the secrets and one turn, to see that everything works")
  .option("--only <text>", "measure only the scenarios with this text in their names")
  .option("--again [text]", "forget what is kept of the scenarios with this text in their names, or of all")
  .option("--save", "publish: write test/bench/results.json, docs/benchmarks.md and docs/bench.svg")
  .option("--render", "measure nothing: write docs/benchmarks.md and docs/bench.svg from what is published")
  .action(run);

void inRunFolder(() => runProgram(program));

async function run({ quick = false, only = "", again, save, render }: Options): Promise<void> {
  if (render) return renderPage(loadResults());
  if (save && (quick || only)) throw new Error("--save publishes whole runs. Leave out --quick and --only.");
  const { date, machine, versions, scenarios } = await measure(quick, only, again);
  const results: Results = { date, machine, versions, scenarios };
  console.log(renderReport(results));
  if (!save) return;
  saveResults(RESULTS_FILE, results);
  renderPage(results);
  say("published: commit test/bench/results.json, docs/benchmarks.md and docs/bench.svg together");
}

async function measure(quick: boolean, only: string, again: Options["again"]): Promise<Results> {
  const engine = await findEngine(say);
  const runtime = await openRuntime(say);
  const { node } = runtime;
  const tools: Tools = {
    engine,
    node,
    modules: join(runtime.cwd, "node_modules"),
    root: join(tmpdir(), "bench"),
  };
  try {
    say(`Pulumi ${engine.version}, ${runtime.what}; the load average is ${loadavg()[0]?.toFixed(2)}`);
    const measured = await goOn(tools, quick, again);
    const plan = planOf(quick);
    const isKept = (name: string) => measured.scenarios.some((one) => one.name === name);
    const missing = plan.filter(({ name }) => name.includes(only) && !isKept(name));
    say(`${missing.length} of ${plan.length} scenarios`);
    await compilePrograms(tools);
    if (missing.length > 0) await warmUp(tools);
    for (const planned of missing) {
      say(planned.name);
      const scenario = await measureScenario(planned, tools);
      const all = [...measured.scenarios, scenario];
      measured.scenarios = plan.flatMap(({ name }) => all.find((one) => one.name === name) ?? []);
      saveResults(MEASURED_FILE, measured);
      say(`  ${scenario.minutes} minutes, load ${scenario.load}, others ${scenario.others}`);
    }
    return measured;
  } finally {
    await runtime.close();
  }
}

/** The figures that are kept from before, if they are of the same package on the same machine, versions and bench. */
async function goOn(
  { engine, node, modules }: Tools,
  quick: boolean,
  again: Options["again"],
): Promise<Measured> {
  const versionIn = (folder: string) =>
    loadResults<{ version: string }>(join(folder, "package.json")).version;
  const versions = {
    package: versionIn(ROOT),
    node: (await runCommand(node, ["--version"], { timeoutMs: 30_000 })).trim(),
    sdk: `v${versionIn(join(modules, "@pulumi/pulumi"))}`,
    cli: engine.version,
  };
  const machine = {
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${process.arch}`,
  };
  const hash = createHash("sha256");
  for (const folder of ["dist", "plugin", "test/bench", "test/bench/contenders"].map((name) =>
    join(ROOT, name),
  )) {
    const files = readdirSync(folder).filter((name) => /[jt]s$/.test(name));
    for (const file of files.sort()) hash.update(readFileSync(join(folder, file)));
  }
  const date = new Date().toISOString().slice(0, 10);
  const fresh: Measured = { date, machine, versions, quick, of: hash.digest("hex"), scenarios: [] };
  if (again === true || !existsSync(MEASURED_FILE)) return fresh;
  const kept = loadResults<Measured>(MEASURED_FILE);
  const scenarios = kept.scenarios.filter(({ name }) => again === undefined || !name.includes(again));
  if (isDeepStrictEqual({ ...kept, date, scenarios: [] }, fresh)) return { ...fresh, scenarios };
  say(`${MEASURED_FILE} is of another build, machine or version, and is not used`);
  return fresh;
}
