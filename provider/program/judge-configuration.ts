import * as pulumi from "@pulumi/pulumi";
import { judgeKeys, judgeVariables } from "../config/unknown-keys";
import { problemsOfSettings } from "../config/settings";
import { isMocked } from "./is-mocked";
import { plainSecrets } from "./plain-secrets";
import { programConfig } from "./program-config";

/** The result by run, because a process of the Automation API runs several programs. */
const judged = new WeakMap<object, { error?: Error }>();

/**
 * Validates the stack's configuration and the environment once per run, without network or credentials. The program does
 * this because it sees every key, and the provider can only read keys that it knows.
 *
 * @throws an error with all mistakes, which fails the preview. Pulumi shows it without a stack
 */
export function judgeConfiguration(): void {
  const run = pulumi.runtime.getMonitor() as object | undefined;
  if (run === undefined || isMocked()) return;
  const judgement = judged.get(run) ?? judge();
  judged.set(run, judgement);
  // Pulumi shows each error object once, so every secret throws the same one.
  if (judgement.error) throw judgement.error;
}

function judge(): { error?: Error } {
  const keys = judgeKeys(Object.keys(pulumi.runtime.allConfig()), pulumi.getProject());
  for (const warning of [...keys.warnings, ...judgeVariables(process.env), ...plainSecrets()]) {
    void pulumi.log.warn(warning);
  }
  const problems = [...keys.errors, ...problemsOfSettings(programConfig, process.env)];
  return problems.length === 0 ? {} : { error: new pulumi.RunError(problems.join("\n")) };
}
