import * as pulumi from "@pulumi/pulumi";
import { defaultZoneId, MISSING_ZONE, resolveSettings } from "../config/settings";
import type { KeycardClient } from "../keycard";
import { loadNetwork } from "../load-network";
import type { LookedUp, LookUpArgs, LookUpName } from "../secret/lookups";
import { isMocked } from "./is-mocked";
import { judgeConfiguration } from "./judge-configuration";
import { lookupError } from "./lookup-error";
import { describeCall, problemOfLookup } from "./lookup-mistakes";
import type { LookupOptions } from "./lookup-options";
import { programConfig } from "./program-config";

const clients = new Map<string, Promise<KeycardClient>>();

/**
 * Sends a lookup from the program's process, because a dynamic provider has no functions. If a test has set mocks, it calls
 * their `call` instead, with the token `keycard:index:` and the name.
 *
 * @param called - the function that the user called, for messages
 * @throws an error that names the call, and the setting or argument to correct
 */
export async function askKeycard<Name extends LookUpName>(
  name: Name,
  args: LookUpArgs<Name> & { zoneId?: string },
  opts: LookupOptions | undefined,
  called: string = name,
): Promise<LookedUp<Name>> {
  const call = describeCall(name, args, called);
  const problem = problemOfLookup(name, args, opts);
  if (problem !== undefined) throw lookupError(call, new Error(problem));
  const zoneId = args.zoneId ?? defaultZoneId(programConfig, process.env);
  if (isMocked()) {
    return (await pulumi.runtime.invoke(
      `keycard:index:${name}`,
      { ...args, zoneId },
      opts,
    )) as LookedUp<Name>;
  }
  judgeConfiguration();
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    if (!zoneId) throw new Error(`${MISSING_ZONE}.`);
    const { lookUp } = await loadNetwork();
    return await lookUp(await theClient(), name, zoneId, args);
  } catch (error) {
    throw lookupError(call, error);
  } finally {
    done();
  }
}

/** All lookups of the process share one client, as long as the settings are the same. */
function theClient(): Promise<KeycardClient> {
  const key = JSON.stringify(resolveSettings(programConfig, process.env));
  const client = clients.get(key) ?? loadNetwork().then(({ connect }) => connect(programConfig, process.env));
  clients.set(key, client);
  return client;
}
