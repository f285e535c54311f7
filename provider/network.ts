//
// Everything that sends requests. The build bundles it into one file, which the first request loads, so that a preview
// need not.
import { type Environment, type ReadConfig, resolveSettings } from "./config/settings";
import { KeycardClient } from "./keycard";
import { name, version } from "./own-package";

export { interruptible, type Interruption } from "./keycard";
export { lookUp } from "./secret/lookups";
export { SecretOperations } from "./secret/operations";

/**
 * Creates a client from a stack's configuration and the environment.
 *
 * @param config - undefined on the command line, which reads only variables
 * @param write - receives lines that inform the user: what the client waits for, and the request log if it is enabled
 * @param pausesMs - the pauses before each further look for a secret that may appear late
 * @param note - receives lines that may need the user
 * @throws an Error that names the setting to correct
 */
export function connect(
  config: ReadConfig | undefined,
  env: Environment,
  write = writeToStderr,
  pausesMs?: readonly number[],
  note = write,
): KeycardClient {
  return new KeycardClient({
    ...resolveSettings(config, env),
    userAgent: `${name}/${version}`,
    note,
    announce: write,
    ...(pausesMs && { pausesMs }),
    ...(env["KEYCARD_LOG"] === "debug" && { log: write }),
  });
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
