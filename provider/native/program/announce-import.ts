import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "../../program/is-mocked";
import type { SecretArgs } from "../../program/secret";
import { ANNOUNCE_IMPORT } from "../announced-import";

type Data = SecretArgs["data"];

/**
 * Tells the plugin how an imported secret declares its value, before the engine has the plugin read the secret. That call
 * passes no arguments, so the state would get the value itself where the program has a reference.
 *
 * @param opts - with `import`
 * @returns the same data, once the plugin knows of it
 */
export function announceImport(data: Data, opts: pulumi.CustomResourceOptions): Data {
  const { import: id, parent, provider, version, pluginDownloadURL } = opts;
  if (!id || isMocked()) return data;
  return (pulumi.output(data) as pulumi.Output<unknown>).apply(async (known) => {
    const args = { id, data: pulumi.secret(withoutTexts(known)) };
    const options = { parent, provider, version, pluginDownloadURL } as pulumi.InvokeOptions;
    if (isByReference(known)) await pulumi.runtime.invoke(ANNOUNCE_IMPORT, args, options);
    return known;
  }) as Data;
}

/** A token or password is the only part of `data` that is not a text, if it is declared by reference. */
function isByReference(data: unknown): boolean {
  return isObject(data) && Object.values(data).some(isObject);
}

/** Leaves out the user name, which nobody needs to know for this. */
function withoutTexts(data: unknown): object {
  const entries = isObject(data) ? Object.entries(data) : [];
  return Object.fromEntries(entries.filter(([name, value]) => name === "type" || isObject(value)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
