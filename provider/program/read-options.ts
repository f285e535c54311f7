import * as pulumi from "@pulumi/pulumi";
import { assertGetArguments } from "./argument-mistakes";

/**
 * The options with which `Secret.get` reads an existing secret.
 *
 * @param get - the function that the user called
 * @throws an Error that names the argument, if one is of the wrong kind
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

/** An id that is unknown as long as the zone is: Pulumi reads nothing then, and without a zone nothing can be read. */
function idInZone(
  id: pulumi.Input<pulumi.ID>,
  zoneId: pulumi.Input<string> | undefined,
): pulumi.Input<pulumi.ID> {
  if (zoneId === undefined || typeof zoneId === "string") return id;
  return pulumi.all([id, zoneId]).apply(([known]) => known);
}
