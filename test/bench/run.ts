import { mkdtemp, realpath, rm } from "node:fs/promises";
import * as nodeModule from "node:module";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import type { Engine } from "../engine/engine";
import { findEngine } from "../engine/find-engine";
import { CONTENDERS, type Contender } from "./build-contenders";
import { Measuring } from "./measure";
import { CLIENT_REQUESTS, measureClient } from "./measure-client";
import { measureCompiled } from "./measure-compiled";
import { measureMinimalState } from "./measure-minimal";
import { measureOne } from "./measure-one";
import { measureLog, measureRedaction } from "./measure-redaction";
import { measureSources } from "./measure-sources";
import { OPERATIONS, type Operation } from "./operations";
import { planOf } from "./plan";
import { Progress, say } from "./progress";
import { runProgram } from "../support/run-program";
import { render } from "./render";
import { renderReport } from "./render-report";
import { addedTo, loadResults, saveResults, type Compiled, type Results } from "./results";
import { targetsOf } from "./targets";

/** A preview of many secrets takes seconds. */
const SOURCE_RUNS = 3;

interface Options {
  sizes: number[];
  runs: number;
  pairs: number;
  contenders: Contender[];
  operations: Operation[];
  save?: true;
  add?: true;
  render?: true;
}

const program = new Command("npm run bench --")
  .description(
    "Measures the package and its native plugin, a no-op provider and a conventional one, and prints the report. With\n" +
      "--save it writes the results to test/bench/results.json, docs/benchmarks.md and docs/bench.svg.",
  )
  .option("--sizes <numbers>", "how many secrets, as in 10,100", numbersOf, [10, 100, 1000])
  .option(
    "--runs <number>",
    "number of runs of each operation; three times that with 100 secrets or fewer",
    numberOf,
    3,
  )
  .option(
    "--pairs <number>",
    "number of runs of the client alone and of the preview of one secret; 0 leaves out all but the operations",
    numberOrZeroOf,
    7,
  )
  .option("--contenders <names>", `whom to measure, of ${CONTENDERS.join(",")}`, namesOf(CONTENDERS), [
    ...CONTENDERS,
  ])
  .option("--operations <names>", `what to measure, of ${OPERATIONS.join(",")}`, namesOf(OPERATIONS), [
    ...OPERATIONS,
  ])
  .option("--save", "publish the results: overwrite the saved ones")
  .option("--add", "with --save: keep the saved results of other sizes and operations, from the same machine")
  .option("--render", "measure nothing: write docs/benchmarks.md and docs/bench.svg from the saved results")
  .action(run);

void runProgram(program);

async function run(options: Options): Promise<void> {
  const results = options.render ? loadResults() : await measure(options);
  if (options.render || options.save) await render(results);
  else console.log(renderReport(results));
  for (const { text, verdict, found } of targetsOf(results)) {
    console.log(`${verdict}: ${text}${found && ` (${found})`}`);
  }
}

async function measure({ sizes, runs, pairs, contenders, operations, save, add }: Options): Promise<Results> {
  if (save && (contenders.length < CONTENDERS.length || (!add && operations.length < OPERATIONS.length)))
    throw new Error(
      "--save publishes all contenders and operations. Leave out --contenders, and --operations unless you --add.",
    );
  const engine = await findEngine(say);
  const results = add
    ? addedTo(loadResults(), emptyResults(engine), { sizes, operations })
    : emptyResults(engine);
  if (pairs > 0) {
    say(`the client alone, ${pairs} pairs`);
    results.client = await measureClient(pairs, ({ ours, axios }) =>
      say(`  ours ${ours.requestsPerSecond}, axios ${axios.requestsPerSecond} requests a second`),
    );
    say("the redaction of messages");
    results.redaction = measureRedaction();
    results.log = measureLog();
  }

  say("one secret, to warm up");
  const measuring = await Measuring.open(engine, contenders);
  if (pairs > 0) {
    say("a preview of one secret");
    results.one = await measureOne(measuring, pairs, ({ empty, ours, native }) =>
      say(`  empty ${empty}, ours ${ours}, native ${native} s`),
    );
    say("the state of secrets with only an entity and a token");
    results.minimalState = await measureMinimalState(measuring);
    if ("flushCompileCache" in nodeModule) results.compiled = await compiledOf(measuring, pairs, results);
    say("values from sources");
    results.sources = await measureSources(measuring, SOURCE_RUNS, (one) => say(`  ${JSON.stringify(one)}`));
  }

  const rounds = planOf({ sizes, runs, contenders, operations });
  const pieces = rounds.flatMap(({ secrets, steps }) => steps.map((step) => ({ ...step, secrets })));
  const progress = new Progress(pieces.filter(({ measured }) => measured));
  for (const round of rounds) {
    const measurements = await measuring.run(round, (one) => {
      const { secrets, run, operation, contender, seconds } = one;
      progress.tell(`${secrets} secrets, run ${run}: ${operation}, ${contender}: ${seconds} s`, one);
    });
    results.measurements.push(...measurements);
    // An interruption keeps these at least.
    if (save) saveResults(results);
  }
  return results;
}

async function compiledOf(
  measuring: Measuring,
  pairs: number,
  { date, versions: { node, sdk } }: Results,
): Promise<Compiled> {
  say("previews with kept compiled code");
  const root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-compiled-"));
  try {
    const previews = await measureCompiled(measuring, pairs, root, (one) => say(`  ${JSON.stringify(one)}`));
    return { date, node, sdk, previews };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function emptyResults(engine: Engine): Results {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cores: availableParallelism(),
      memoryGB: Math.round(totalmem() / 1e9),
      system: `${process.platform} ${process.arch}`,
    },
    versions: { node: process.version, sdk: `v${sdkVersion}`, cli: engine.version },
    clientRequests: CLIENT_REQUESTS,
    client: [],
    measurements: [],
  };
}

function numbersOf(text: string): number[] {
  return text.split(",").map(numberOf);
}

function numberOf(text: string): number {
  if (numberOrZeroOf(text) === 0) throw new InvalidArgumentError("Give whole numbers from 1 to 9999.");
  return Number(text);
}

function numberOrZeroOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("Give a whole number up to 9999.");
  return Number(text);
}

function namesOf<Name extends string>(all: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const names = text.split(",");
    const unknown = names.filter((name) => !(all as readonly string[]).includes(name));
    if (unknown.length > 0) throw new InvalidArgumentError(`There is no ${unknown.join(", ")}.`);
    return all.filter((name) => names.includes(name));
  };
}
