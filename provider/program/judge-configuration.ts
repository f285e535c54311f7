import * as pulumi from "@pulumi/pulumi";
import { judgeKeys, judgeVariables, problemsOfSettings } from "../config";
import { isMocked } from "./is-mocked";
import { plainSecrets } from "./plain-secrets";
import { programConfig } from "./program-config";

/** What is wrong with the settings, by run: a process of the Automation API runs several programs. */
const judged = new WeakMap<object, { error?: Error }>();

/**
 * Judges the stack's configuration and the environment once in each run, without network and credentials. The program
 * does so because it sees every key, where the provider can only ask for those that it knows.
 *
 * @throws an error that Pulumi shows without a stack, with all mistakes, so that the preview fails
 */
export function judgeConfiguration(): void {
  const run = pulumi.runtime.getMonitor() as object | undefined;
  if (run === undefined || isMocked()) return;
  const judgement = judged.get(run) ?? judge();
  judged.set(run, judgement);
  // Always the same object, because Pulumi shows each error object once.
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
