import * as pulumi from "@pulumi/pulumi";
import { MISSING_ZONE, defaultZoneId, resolveSettings } from "../config/settings";
import type { KeycardClient } from "../keycard/client";
import { loadNetwork } from "../load-network";
import { mistake } from "../mistake";
import { safeMessage } from "../safety/redact";
import type { LookUpArgs, LookUpName, LookedUp } from "../secret/lookups";
import { isMocked, judgeConfiguration, programConfig } from "./check-configuration";
import { describeCall, problemOfLookup, problemOfOutputLookup } from "./lookup-mistakes";

/** The invoke options that apply without a provider plugin. */
export type LookupOptions = Pick<pulumi.InvokeOptions, "parent">;

/** The options of the forms that return outputs. */
export type LookupOutputOptions = Pick<pulumi.InvokeOutputOptions, "parent" | "dependsOn">;

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

/**
 * Runs the output form of a lookup. It sends no request as long as a preview does not know all arguments.
 *
 * @param called - the function that the user called. The stack of an error begins with its caller
 * @throws an Error if the arguments or options are wrong, whatever their outputs resolve to
 */
export function outputOf<Name extends LookUpName>(
  name: Name,
  args: unknown,
  opts: LookupOutputOptions | undefined,
  called: CallableFunction,
): pulumi.Output<LookedUp<Name>> {
  const problem = problemOfOutputLookup(name, args, opts);
  if (problem !== undefined) throw mistake(`${describeCall(name, args, called.name)}: ${problem}`, called);
  const { parent, dependsOn } = opts ?? {};
  const dependencies = pulumi.output(dependsOn).apply((resources) => {
    // Typed by hand, because the SDK's type (3.276) of an unwrapped resource has no methods.
    const all = Array.isArray(resources) ? resources : [resources];
    return pulumi.all(all.map((resource) => (resource ? idsOf(resource) : [])));
  });
  return pulumi
    .all([pulumi.output(args), dependencies])
    .apply(([known]) =>
      askKeycard(name, known as LookUpArgs<Name>, { ...(parent && { parent }) }, called.name),
    );
}

/** An output that is unknown until the resource and its children exist. */
function idsOf(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  const { __childResources: children = [] } = resource as { __childResources?: Iterable<pulumi.Resource> };
  return pulumi.all([resource.urn, ...[...children].map(idsOf)]);
}

/**
 * Builds the error of a lookup. Pulumi shows it once and without a stack. If the program catches it, its stack shows only
 * the program's own frames.
 *
 * @param call - the lookup with its arguments
 */
export function lookupError(call: string, error: unknown): Error {
  const message = safeMessage(error instanceof Error ? error.message : String(error));
  const failure = Object.assign(new pulumi.RunError(`${call}: ${message}`), { cause: error });
  const frames = (failure.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(__dirname));
  failure.stack = [`Error: ${failure.message}`, ...frames].join("\n");
  return failure;
}
