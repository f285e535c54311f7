import * as pulumi from "@pulumi/pulumi";
import { SECRET_KEYS, problemsOfSettings } from "../config/settings";
import { judgeBridgedKeys, judgeKeys, judgeVariables } from "../config/unknown-keys";

/** The SDK (3.276) has this function, but its types do not. */
type IsConfigSecret = (key: string) => boolean;

/** Finds credentials that are in plain text in the stack's configuration, and therefore in the state. */
function plainSecrets(): string[] {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: IsConfigSecret };
  if (isConfigSecret === undefined) return [];
  const config = pulumi.runtime.allConfig();
  return SECRET_KEYS.filter((key) => (config[key] ?? "") !== "" && !isConfigSecret(key)).map(
    (key) =>
      `${key} is in plain text in the stack's configuration and in its state. ` +
      `Run \`pulumi config set --secret ${key}\` and \`pulumi up\`, and then replace the credential in Keycard.`,
  );
}

/** Reads one key of the running program's configuration, such as `keycard:zoneId`. */
export function programConfig(key: string): string | undefined {
  const [namespace, name] = key.split(":") as [string, string];
  return new pulumi.Config(namespace).get(name);
}

/** True in a unit test that has set mocks. */
export function isMocked(): boolean {
  // The SDK (3.276) has no function for this, but its monitor for tests has the mocks.
  const monitor = pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}

/**
 * True if the program has loaded the SDK that Pulumi generates from Keycard's Terraform provider.
 *
 * @param modules - the paths of the loaded modules
 */
function usesBridge(modules: readonly string[]): boolean {
  return modules.some((path) => /[\\/](?:@pulumi|sdks)[\\/]keycard[\\/]/.test(path));
}

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
  const all = Object.keys(pulumi.runtime.allConfig());
  const keys = judgeKeys(all, pulumi.getProject());
  const bridged = usesBridge(Object.keys(require.cache)) ? judgeBridgedKeys(all) : [];
  for (const warning of [...keys.warnings, ...bridged, ...judgeVariables(process.env), ...plainSecrets()]) {
    void pulumi.log.warn(warning);
  }
  const problems = [...keys.errors, ...problemsOfSettings(programConfig, process.env)];
  return problems.length === 0 ? {} : { error: new pulumi.RunError(problems.join("\n")) };
}
