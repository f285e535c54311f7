import * as pulumi from "@pulumi/pulumi";

/** True in a unit test that has set mocks. */
export function isMocked(): boolean {
  // The SDK has no function for this, but its monitor for tests has the mocks.
  const monitor = pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined;
  return monitor?.mocks !== undefined;
}
