import { resolveSettings, type Environment, type ReadConfig } from "./config";
import { KeycardClient } from "./keycard";
import { name, version } from "./own-package";

/**
 * Creates a client from a stack's configuration and the environment.
 *
 * @param config - undefined on the command line, which reads only variables
 * @param write - receives lines for the user: notes, and the request log if it is enabled
 * @param pausesMs - the pauses before each further look for a secret that may appear late
 * @throws an Error that names the setting to correct
 */
export function connect(
  config: ReadConfig | undefined,
  env: Environment,
  write = writeToStderr,
  pausesMs?: readonly number[],
): KeycardClient {
  return new KeycardClient({
    ...resolveSettings(config, env),
    userAgent: `${name}/${version}`,
    note: write,
    ...(pausesMs && { pausesMs }),
    ...(env["KEYCARD_LOG"] === "debug" && { log: write }),
  });
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
