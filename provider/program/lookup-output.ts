import * as pulumi from "@pulumi/pulumi";
import type { LookedUp, LookUpArgs, LookUpName } from "../secret/lookups";
import { mistake } from "../mistake";
import { askKeycard } from "./ask-keycard";
import type { LookupOutputOptions } from "./lookup-options";
import { describeCall, problemOfOutputLookup } from "./lookup-mistakes";

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
    // Typed by hand, because the SDK's type of an unwrapped resource has no methods.
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
