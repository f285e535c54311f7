import * as pulumi from "@pulumi/pulumi";

/** True in a unit test that has set mocks. */
export function isMocked(): boolean {
  // The SDK has no question for this; its monitor for tests is the one that holds the mocks.
  const monitor = pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}
