import * as pulumi from "@pulumi/pulumi";
import { defaultZoneId, MISSING_ZONE, resolveSettings } from "../config";
import type { KeycardClient } from "../keycard";
import { loadNetwork } from "../load-network";
import type { LookedUp, LookUpArgs, LookUpName } from "../operations/look-ups";
import { programConfig } from "./program-config";

const clients = new Map<string, Promise<KeycardClient>>();

/**
 * Asks Keycard from the program's process, as a dynamic provider has no functions. Where a test has set mocks, their
 * `call` is asked instead, with the token `keycard:index:` and the name.
 *
 * @throws an Error that names the setting to correct
 */
export async function askKeycard<Name extends LookUpName>(
  name: Name,
  args: LookUpArgs<Name> & { zoneId?: string },
  opts: pulumi.InvokeOptions | undefined,
): Promise<LookedUp<Name>> {
  const zoneId = args.zoneId ?? defaultZoneId(programConfig, process.env);
  if (isMocked()) {
    return (await pulumi.runtime.invoke(
      `keycard:index:${name}`,
      { ...args, zoneId },
      opts,
    )) as LookedUp<Name>;
  }
  if (!zoneId) {
    throw new Error(`${name}: ${MISSING_ZONE}.`);
  }
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const { lookUp } = await loadNetwork();
    return await lookUp(await theClient(), name, zoneId, args);
  } finally {
    done();
  }
}

/** One for all lookups of the process, as long as the settings are the same. */
function theClient(): Promise<KeycardClient> {
  const key = JSON.stringify(resolveSettings(programConfig, process.env));
  const client = clients.get(key) ?? loadNetwork().then(({ connect }) => connect(programConfig, process.env));
  clients.set(key, client);
  return client;
}

function isMocked(): boolean {
  // The SDK has no question for this; its monitor for tests is the one that holds the mocks.
  const monitor = pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}
