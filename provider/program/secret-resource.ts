import * as pulumi from "@pulumi/pulumi";
import type { Metadata } from "../secret-inputs";
import type { DeclaredData, SecretData } from "../values/secret-data";

/** The outputs of a secret, which are the same for the dynamic resource and the plugin's. */
export interface SecretOutputs {
  /** The zone that keeps the secret. */
  readonly zoneId: pulumi.Output<string>;
  /** The entity that the secret belongs to. */
  readonly entityId: pulumi.Output<string>;
  /** What people call it. */
  readonly name: pulumi.Output<string>;
  /** What it is for; undefined where Keycard holds none. */
  readonly description: pulumi.Output<string | undefined>;
  /** The JSON object beside it; undefined where Keycard holds none. */
  readonly metadata: pulumi.Output<Metadata | undefined>;
  /** The value, or where it stands with its fingerprint, as it was declared; a secret output. */
  readonly data: pulumi.Output<DeclaredData>;
  /** After how many days its value counts as too old; undefined if that is not declared. */
  readonly maxAgeDays: pulumi.Output<number | undefined>;
  /** The kind of value. */
  readonly type: pulumi.Output<SecretData["type"]>;
  /** Counts Keycard's changes of the secret, from 1: what depends on it runs again when the secret changes. */
  readonly version: pulumi.Output<number>;
  /** RFC 3339, by Keycard's clock. */
  readonly createdAt: pulumi.Output<string>;
  /** RFC 3339, by Keycard's clock. */
  readonly updatedAt: pulumi.Output<string>;
}

/** Passed to the SDK so that every output is there on the resource, whatever the program set. */
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
 * Pulumi's `CustomResource` with the outputs of a secret. It is that very class: a class between the two would add a
 * frame to the stack, and the SDK takes a fixed frame for the line of the program that it tells the engine.
 */
export const SecretResource = pulumi.CustomResource as unknown as Pick<
  typeof pulumi.CustomResource,
  "isInstance"
> &
  (abstract new (
    ...args: ConstructorParameters<typeof pulumi.CustomResource>
  ) => pulumi.CustomResource & SecretOutputs);
