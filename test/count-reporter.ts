import { writeFileSync } from "node:fs";
import { reporters, Runner, type MochaOptions, type Test } from "mocha";
import type { Counts } from "./run-step";
import { endOnClosedPipe } from "../provider/command-line/terminal";

endOnClosedPipe();

/**
 * Prints what mocha's own reporter prints, and writes the counts to the file named by `COUNTS_FILE`. If `SPEC_FILES` is
 * set to the number of files, it also prints the progress after each file.
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
    runner.prependListener(Runner.constants.EVENT_TEST_FAIL, (test: Test) => {
      noteFile(test);
      counts.failed += 1;
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["COUNTS_FILE"];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}

// Mocha uses the module itself as the reporter.
export = CountReporter;
