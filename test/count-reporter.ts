import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { reporters, Runner, type MochaOptions, type Test } from "mocha";
import type { Counts } from "./run-step";
import { endOnClosedPipe } from "../provider/command-line/terminal";

endOnClosedPipe();

/**
 * Prints what mocha's own reporter prints, each difference once, and writes the counts to the file named by `COUNTS_FILE`.
 * If `SPEC_FILES` is set to the number of files, it also prints the progress after each file.
 */
class CountReporter extends reporters.Spec {
  public constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const counts: Counts = { passed: 0, failed: 0 };
    const files = new Set<string>();
    const all = Number(process.env["SPEC_FILES"] ?? 0);
    const sum = () => `${counts.passed + counts.failed} tests, ${counts.failed} failed`;
    const noteFile = ({ file = "" }: Test) => {
      if (files.has(file)) return;
      files.add(file);
      if (all > 1) console.log(`\n  == file ${files.size} of ${all} (before it: ${sum()})`);
    };
    runner.prependListener(Runner.constants.EVENT_TEST_PASS, (test: Test) => {
      noteFile(test);
      counts.passed += 1;
    });
    runner.prependListener(Runner.constants.EVENT_TEST_FAIL, (test: Test, error: unknown) => {
      noteFile(test);
      counts.failed += 1;
      leaveOneDifference(error);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["COUNTS_FILE"];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}

/** What mocha reads of an error, and what Node.js writes into it. */
interface Failure {
  message: string;
  stack?: string;
  showDiff?: boolean;
  generatedMessage?: boolean;
  actual?: unknown;
  expected?: unknown;
}

/**
 * The message of Node.js shows the difference between two values, with "+" for the actual one. Mocha shows it again, with
 * "+" for the expected one, and better for texts of many lines. So only mocha's stays.
 */
function leaveOneDifference(error: unknown): void {
  const failure = error as Failure;
  const kind = (value: unknown) => Object.prototype.toString.call(value);
  // As mocha decides whether it shows a difference.
  const isShown = failure.expected !== undefined && kind(failure.actual) === kind(failure.expected);
  if (failure.generatedMessage !== true || !isShown) return;
  // Mocha shows no difference of prototypes or of what else has no JSON.
  if (isDeepStrictEqual(asShown(failure.actual), asShown(failure.expected))) {
    failure.showDiff = false;
    return;
  }
  const { message, stack } = failure;
  const [firstLine = ""] = message.split("\n");
  failure.message = firstLine;
  if (stack !== undefined) failure.stack = stack.replace(message, () => firstLine);
}

const asShown = (value: unknown): string => JSON.stringify(value) ?? String(value);

// Mocha uses the module itself as the reporter.
export = CountReporter;
