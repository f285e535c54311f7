import { writeFileSync } from "node:fs";
import { reporters, Runner, type MochaOptions } from "mocha";
import type { Counts } from "./run-step";
import { endOnClosedPipe } from "../provider/command-line/closed-pipe";

endOnClosedPipe();

/** Prints what mocha's own reporter prints, and leaves the counts in the file named by `COUNTS_FILE`. */
class CountReporter extends reporters.Spec {
  public constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const counts: Counts = { passed: 0, failed: 0 };
    runner.on(Runner.constants.EVENT_TEST_PASS, () => (counts.passed += 1));
    runner.on(Runner.constants.EVENT_TEST_FAIL, () => (counts.failed += 1));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["COUNTS_FILE"];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}

// Mocha takes the module itself for the reporter.
export = CountReporter;
