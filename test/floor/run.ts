import { findEngine } from "../engine/find-engine";
import { openRuntime } from "../engine/runtime";
import { FLOOR } from "../engine/versions";
import { lifecycleArgs, runMocha } from "../run-step";
import { inRunFolder } from "../support/run-folder";

/**
 * What the package is for, through both resources: create, patch, drift, adopt, rename, replace, look up, delete. The
 * other specs vary what we, Keycard or a user do, which the versions have nothing to do with.
 */
const CORE = [
  "adopt",
  "configuration",
  "drift",
  "generated-value",
  "identity",
  "lookups",
  "native-import",
  "native-migration",
  "native-options",
  "native-provider",
  "native-resource",
  "patch",
  "pulumi-messages",
  "pulumi-options",
  "requests",
  "secret-state",
  "unchanged-refresh",
  "unconfirmed-creates",
  "value-forms",
  "versions",
] as const;

/** Runs the core lifecycle specs with the oldest versions that are supported. Build before. */
async function main(): Promise<void> {
  process.env["TESTED_VERSIONS"] = FLOOR.name;
  const engine = await findEngine(console.log);
  const runtime = await openRuntime(console.log);
  try {
    console.log(`== Pulumi ${engine.version}, ${runtime.what}`);
    const { passed, failed } = await runMocha([...lifecycleArgs(CORE), ...process.argv.slice(2)], runtime);
    console.log(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await runtime.close();
  }
}

void inRunFolder(main, "\n0 passed, 1 failed");
