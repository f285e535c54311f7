import { findEngine } from "../engine/find-engine";
import { runMocha } from "../run-step";
import { inRunFolder } from "../support/run-folder";

const PARTS = ["seed-1", "seed-2", "rate"];

/**
 * Runs the storm, which takes minutes, and ends with the line `N passed, N failed`.
 *
 * @param chosen - the parts to run. Default: all
 */
async function main(chosen = process.argv.slice(2)): Promise<void> {
  await findEngine(console.log);
  const parts = chosen.length > 0 ? chosen : PARTS;
  // A seed waits half of the time, so each has its own process.
  const args = [
    "--parallel",
    "--jobs=2",
    "--timeout=600000",
    ...parts.map((part) => `test/storm/${part}.ts`),
  ];
  const { passed, failed } = await runMocha(args);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void inRunFolder(() => main(), "\n0 passed, 1 failed");
