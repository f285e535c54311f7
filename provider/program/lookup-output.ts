import * as pulumi from "@pulumi/pulumi";
import type { LookedUp, LookUpArgs, LookUpName } from "../operations/look-ups";
import { mistake } from "../protocol/mistake";
import { askKeycard } from "./ask-keycard";
import type { LookupOutputOptions } from "./lookup-options";
import { describeCall, problemOfOutputLookup } from "./lookup-mistakes";

/**
 * Makes the output form of a lookup. An output is applied only once all that it is made of is known, so a preview sends
 * nothing for what is not.
 *
 * @param called - the function that the user called, at whose caller the stack of an error begins
 * @throws an Error if the arguments or options cannot be right, whatever their outputs hold
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
    // Typed by hand, as the SDK's type of an unwrapped resource has no methods.
    const all = Array.isArray(resources) ? resources : [resources];
    return pulumi.all(all.map((resource) => (resource ? idsOf(resource) : [])));
  });
  return pulumi
    .all([pulumi.output(args), dependencies])
    .apply(([known]) =>
      askKeycard(name, known as LookUpArgs<Name>, { ...(parent && { parent }) }, called.name),
    );
}

/** What is unknown as long as the resource, or one in it, is not there. */
function idsOf(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  const { __childResources: children = [] } = resource as { __childResources?: Iterable<pulumi.Resource> };
  return pulumi.all([resource.urn, ...[...children].map(idsOf)]);
}
