import * as pulumi from "@pulumi/pulumi";
import type { Metadata } from "../secret/types";
import type { DeclaredData, SecretData } from "../values/types";

/** The outputs of a secret, which are the same for the dynamic resource and the resource of the plugin. */
export interface SecretOutputs {
  /** The zone that keeps the secret. */
  readonly zoneId: pulumi.Output<string>;
  /** The entity that the secret belongs to. */
  readonly entityId: pulumi.Output<string>;
  /** The name of the secret. */
  readonly name: pulumi.Output<string>;
  /** The description; undefined if Keycard has none. */
  readonly description: pulumi.Output<string | undefined>;
  /** The metadata; undefined if Keycard has none. */
  readonly metadata: pulumi.Output<Metadata | undefined>;
  /** The value as it was declared, or its source with a fingerprint. A secret output. */
  readonly data: pulumi.Output<DeclaredData>;
  /** The maximum age of the value in days; undefined if none is declared. */
  readonly maxAgeDays: pulumi.Output<number | undefined>;
  /** The kind of value. */
  readonly type: pulumi.Output<SecretData["type"]>;
  /** The version, which Keycard increments on every change, from 1. Resources that depend on it update when the secret changes. */
  readonly version: pulumi.Output<number>;
  /** RFC 3339, by Keycard's clock. */
  readonly createdAt: pulumi.Output<string>;
  /** RFC 3339, by Keycard's clock. */
  readonly updatedAt: pulumi.Output<string>;
}

/** Passed to the SDK so that the resource has every output, whatever the program sets. */
export const NO_OUTPUTS: Record<keyof SecretOutputs, undefined> = {
  zoneId: undefined,
  entityId: undefined,
  name: undefined,
  description: undefined,
  metadata: undefined,
  data: undefined,
  maxAgeDays: undefined,
  type: undefined,
  version: undefined,
  createdAt: undefined,
  updatedAt: undefined,
};

/**
 * Pulumi's `CustomResource`, typed with the outputs of a secret. A class of its own would add a frame to the stack, and
 * the SDK reports a fixed frame to the engine as the line of the program.
 */
export const SecretResource = pulumi.CustomResource as unknown as Pick<
  typeof pulumi.CustomResource,
  "isInstance"
> &
  (abstract new (
    ...args: ConstructorParameters<typeof pulumi.CustomResource>
  ) => pulumi.CustomResource & SecretOutputs);
