import { availableParallelism, totalmem } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import type { Engine } from "../engine/engine";
import { findEngine } from "../engine/find-engine";
import { CONTENDERS } from "./build-contenders";
import { Measuring } from "./measure";
import { CLIENT_REQUESTS, measureClient } from "./measure-client";
import { measureRedaction } from "./measure-redaction";
import { OPERATIONS } from "./operations";
import { Progress, say } from "./progress";
import { runProgram } from "../support/run-program";
import { render } from "./render";
import { renderReport } from "./render-report";
import { loadResults, saveResults, type Results } from "./results";
import { targetsOf } from "./targets";

interface Options {
  sizes: number[];
  runs: number;
  pairs: number;
  save?: true;
  render?: true;
}

const program = new Command("npm run bench --")
  .description(
    "Measures the package beside a provider that does nothing and one as people write it, and prints the report. With\n" +
      "--save it writes the results to test/bench/results.json, docs/benchmarks.md and docs/bench.svg.",
  )
  .option("--sizes <numbers>", "how many secrets, as in 10,100", asNumbers, [10, 100, 1000])
  .option(
    "--runs <number>",
    "how often each operation is run; thrice that with 100 secrets or fewer",
    asNumber,
    3,
  )
  .option("--pairs <number>", "how often the client alone is run", asNumber, 7)
  .option("--save", "publish the results: overwrite those of before")
  .option(
    "--render",
    "measure nothing: write docs/benchmarks.md and docs/bench.svg from the results there are",
  )
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

async function measure({ sizes, runs, pairs, save }: Options): Promise<Results> {
  const engine = await findEngine(say);
  const results = emptyResults(engine);
  say(`the client alone, ${pairs} pairs`);
  results.client = await measureClient(pairs, ({ ours, axios }) =>
    say(`  ours ${ours.requestsPerSecond}, axios ${axios.requestsPerSecond} requests a second`),
  );

  say("what is kept out of messages");
  results.redaction = measureRedaction();

  say("one secret, to warm up");
  const measuring = await Measuring.open(engine);
  const rounds = sizes.flatMap((secrets) =>
    Array.from({ length: runsAt(secrets, runs) }, (_, before) => ({ secrets, run: before + 1 })),
  );
  const pieces = rounds.flatMap(({ secrets }) =>
    CONTENDERS.flatMap((contender) => OPERATIONS.map((operation) => ({ contender, operation, secrets }))),
  );
  const progress = new Progress(pieces);
  for (const { secrets, run } of rounds) {
    const measurements = await measuring.run(secrets, run, (one) => {
      const { operation, contender, seconds } = one;
      progress.tell(`${secrets} secrets, run ${run}: ${operation}, ${contender}: ${seconds} s`, one);
    });
    results.measurements.push(...measurements);
    // What is interrupted later has these at least.
    if (save) saveResults(results);
  }
  return results;
}

/** What is over in seconds differs most from run to run. */
function runsAt(secrets: number, runs: number): number {
  return secrets <= 100 ? runs * 3 : runs;
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

function asNumbers(text: string): number[] {
  return text.split(",").map(asNumber);
}

function asNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 9999)
    throw new InvalidArgumentError("Give whole numbers from 1 to 9999.");
  return number;
}
