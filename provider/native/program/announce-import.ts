import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "../../program/is-mocked";
import type { SecretArgs } from "../../program/secret-args";
import { isInitial } from "../../values/value";
import { ANNOUNCE_IMPORT } from "../../hidden-input";

type Data = SecretArgs["data"];

/**
 * Tells the plugin how an imported secret declares its value, before the engine makes the plugin read the secret. That call
 * passes no arguments, so the state would get the value itself if the program has a reference.
 *
 * @param opts - with `import`
 * @returns the same data, after the plugin knows it
 */
export function announceImport(data: Data, opts: pulumi.CustomResourceOptions): Data {
  const { import: id, parent, provider, version, pluginDownloadURL } = opts;
  if (!id || isMocked()) return data;
  return (pulumi.output(data) as pulumi.Output<unknown>).apply(async (known) => {
    const args = { id, data: pulumi.secret(withoutValue(known)) };
    const options = { parent, provider, version, pluginDownloadURL } as pulumi.InvokeOptions;
    if (isByReference(known)) await pulumi.runtime.invoke(ANNOUNCE_IMPORT, args, options);
    return known;
  }) as Data;
}

/** If it is declared by reference, the token or password is the only part of `data` that is not a string. */
function isByReference(data: unknown): boolean {
  return isObject(data) && Object.values(data).some(isObject);
}

/** An import never sends an initial value. */
function withoutValue(data: unknown): unknown {
  if (!isObject(data)) return data;
  const entries = Object.entries(data).map(([name, value]: [string, unknown]) => [
    name,
    isInitial(value) ? { initialValue: "" } : value,
  ]);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
