import { resolveSettings, type Environment, type ReadConfig } from "./config";
import { KeycardClient } from "./keycard";
import { name, version } from "./own-package";

/**
 * Makes the client that a stack's configuration and the environment describe.
 *
 * @param config - absent on the command line, where only variables can be set
 * @param write - takes lines for the user that inform: what is waited for, and the request log if the user asks for it
 * @param pausesMs - the pauses before each further look for something that may appear late
 * @param note - takes lines for the user that may need the user
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
