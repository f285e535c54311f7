import type * as pulumi from "@pulumi/pulumi";

/** What this package uses of the SDK. */
const NAMES = [
  "all",
  "Config",
  "createUrn",
  "CustomResource",
  "getProject",
  "getRootDirectory",
  "getStack",
  "interpolate",
  "isUnknown",
  "log",
  "output",
  "Output",
  "ProviderResource",
  "Resource",
  "RunError",
  "runtime",
  "secret",
  "unknown",
] as const satisfies (keyof typeof pulumi)[];

/** The same of `pulumi.runtime`. */
const RUNTIME_NAMES = [
  "allConfig",
  "getMonitor",
  "getStackResource",
  "invoke",
  "invokeOutput",
  "isDryRun",
  "rpcKeepAlive",
] as const satisfies (keyof typeof pulumi.runtime)[];

/**
 * Takes the place of `@pulumi/pulumi` in the files that programs load. The SDK's main file also loads the Automation API and a part of
 * npm, which takes a quarter of a second. The files that are loaded here are loaded already in every program that the CLI runs.
 */
export = load();

/* eslint-disable @typescript-eslint/no-require-imports -- an import cannot be tried */

function load(): object {
  try {
    const parts = loadParts();
    const isWhole =
      NAMES.every((name) => name in parts) && RUNTIME_NAMES.every((name) => name in parts.runtime);
    if (isWhole) return parts;
  } catch {
    // Another version of the SDK may have other files. Its main file has everything.
  }
  return require("@pulumi/pulumi") as object;
}

/** In the order of the SDK's main file, because these files import each other in circles. */
function loadParts() {
  return {
    ...(require("@pulumi/pulumi/config") as object),
    ...(require("@pulumi/pulumi/errors") as object),
    ...(require("@pulumi/pulumi/metadata") as object),
    ...(require("@pulumi/pulumi/output") as object),
    ...(require("@pulumi/pulumi/resource") as object),
    log: require("@pulumi/pulumi/log") as object,
    runtime: {
      ...(require("@pulumi/pulumi/runtime/config") as object),
      ...(require("@pulumi/pulumi/runtime/invoke") as object),
      ...(require("@pulumi/pulumi/runtime/settings") as object),
      ...(require("@pulumi/pulumi/runtime/stack") as object),
    },
  };
}
