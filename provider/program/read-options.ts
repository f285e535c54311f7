import * as pulumi from "@pulumi/pulumi";
import { assertGetArguments } from "./argument-mistakes";

/**
 * Returns the options with which `Secret.get` reads an existing secret.
 *
 * @param get - the function that the user called
 * @throws an Error that names an argument of the wrong type
 */
export function readOptions(
  name: string,
  id: pulumi.Input<pulumi.ID>,
  lookup: { zoneId?: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
  get: CallableFunction,
): pulumi.CustomResourceOptions {
  assertGetArguments(name, id, lookup, opts, get);
  return { ...opts, id: idInZone(id, lookup.zoneId) };
}

/** Makes the id unknown as long as the zone is, because Pulumi does not read a resource with an unknown id. */
function idInZone(
  id: pulumi.Input<pulumi.ID>,
  zoneId: pulumi.Input<string> | undefined,
): pulumi.Input<pulumi.ID> {
  if (zoneId === undefined || typeof zoneId === "string") return id;
  return pulumi.all([id, zoneId]).apply(([known]) => known);
}
