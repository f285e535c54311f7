import * as pulumi from "@pulumi/pulumi";

/** Arguments any of which may be an output. */
export type LookupInputs<T> = { [Name in keyof T]: pulumi.Input<T[Name]> };

/** Of Pulumi's invoke options those that mean something without a provider plugin. */
export type LookupOptions = Pick<pulumi.InvokeOptions, "parent">;

/** The options of the forms that return outputs. */
export type LookupOutputOptions = Pick<pulumi.InvokeOutputOptions, "parent" | "dependsOn">;

/**
 * Makes the output form of a lookup. An output is applied only once all that it is made of is known, so a preview
 * sends nothing for what is not.
 */
export function outputOf<A, R>(
  args: LookupInputs<A>,
  { parent, dependsOn }: LookupOutputOptions = {},
  look: (args: A, opts: LookupOptions) => Promise<R>,
): pulumi.Output<R> {
  const dependencies = pulumi.output(dependsOn).apply((resources) => {
    // Typed by hand, as the SDK's type of an unwrapped resource has no methods.
    const all = Array.isArray(resources) ? resources : [resources];
    return pulumi.all(all.map((resource) => (resource ? idsOf(resource) : [])));
  });
  const result = pulumi
    .all([pulumi.output(args), dependencies])
    .apply(([known]) => look(known as A, { ...(parent && { parent }) }));
  return result;
}

/** What is unknown as long as the resource, or one in it, is not there. */
function idsOf(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  const { __childResources: children = [] } = resource as { __childResources?: Iterable<pulumi.Resource> };
  return pulumi.all([resource.urn, ...[...children].map(idsOf)]);
}
