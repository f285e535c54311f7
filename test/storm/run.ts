import { findEngine } from "../engine/find-engine";
import { runMocha } from "../run-step";

/** Runs the storm, which takes minutes, and ends with the line `N passed, N failed`. */
async function main(): Promise<void> {
  await findEngine(console.log);
  const { passed, failed } = await runMocha(["--timeout", "600000", "test/storm/storm.ts"]);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
