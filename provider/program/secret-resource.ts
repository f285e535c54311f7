import * as pulumi from "@pulumi/pulumi";
import type { Metadata } from "../secret-inputs";
import type { DeclaredData, SecretData } from "../values/secret-data";

/** The outputs of a secret, which are the same for the dynamic resource and the plugin's. */
export abstract class SecretResource extends pulumi.CustomResource {
  /** The zone that keeps the secret. */
  declare public readonly zoneId: pulumi.Output<string>;
  /** The entity that the secret belongs to. */
  declare public readonly entityId: pulumi.Output<string>;
  /** What people call it. */
  declare public readonly name: pulumi.Output<string>;
  /** What it is for; undefined where Keycard holds none. */
  declare public readonly description: pulumi.Output<string | undefined>;
  /** The JSON object beside it; undefined where Keycard holds none. */
  declare public readonly metadata: pulumi.Output<Metadata | undefined>;
  /** The value, or where it stands with its fingerprint, as it was declared; a secret output. */
  declare public readonly data: pulumi.Output<DeclaredData>;
  /** The kind of value. */
  declare public readonly type: pulumi.Output<SecretData["type"]>;
  /** Counts Keycard's changes of the secret, from 1: what depends on it runs again when the secret changes. */
  declare public readonly version: pulumi.Output<number>;
  /** RFC 3339, by Keycard's clock. */
  declare public readonly createdAt: pulumi.Output<string>;
  /** RFC 3339, by Keycard's clock. */
  declare public readonly updatedAt: pulumi.Output<string>;
}
