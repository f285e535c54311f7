import { findEngine } from "../engine/find-engine";
import { runMocha } from "../run-step";
import { inRunFolder } from "../support/run-folder";

/** Runs the storm, which takes minutes, and ends with the line `N passed, N failed`. */
async function main(): Promise<void> {
  await findEngine(console.log);
  // A seed waits half of the time, so each has its own process.
  const args = ["--parallel", "--jobs=2", "--timeout=600000", "test/storm/seed-1.ts", "test/storm/seed-2.ts"];
  const { passed, failed } = await runMocha(args);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void inRunFolder(main, "\n0 passed, 1 failed");
