import { readFileSync } from "node:fs";

/** What became of the mutants of a folder. */
export interface Score {
  /** A test failed. */
  killed: number;
  /** The tests did not end. This counts as found too, but a busy machine can do the same. */
  timedOut: number;
  /** Every test that runs the code passed. */
  survived: number;
  /** No test runs the code. */
  uncovered: number;
  /** Left out: a mutant of a constant, unless these are asked for. */
  ignored: number;
  /** The share that was found, in percent. */
  percent: number;
}

interface Report {
  files: Record<string, { mutants: { status: string }[] }>;
}

/** Counts the mutants of a report of Stryker's. */
export function scoreOf(reportFile: string): Score {
  const { files } = JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (status: string) => statuses.filter((each) => each === status).length;
  const [killed, timedOut, survived] = [count("Killed"), count("Timeout"), count("Survived")];
  const uncovered = count("NoCoverage");
  const all = killed + timedOut + survived + uncovered;
  return {
    killed,
    timedOut,
    survived,
    uncovered,
    ignored: count("Ignored"),
    percent: all === 0 ? 0 : ((killed + timedOut) / all) * 100,
  };
}
