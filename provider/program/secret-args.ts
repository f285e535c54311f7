import * as pulumi from "@pulumi/pulumi";
import type { Metadata } from "../secret/fields";
import type { GeneratedValue } from "../values/generated";
import type { InitialValue } from "../values/initial";
import type { DeclaredData, SecretData, ValueSource } from "../values/types";

/** The value of a secret that is a single string, such as an API key. */
export interface TokenArgs {
  /** The type for a single string. */
  type: "token";
  /**
   * The token itself, its source, how to generate it, or its first value. Only a plain string enters the state.
   */
  token: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** The value of a secret that is an account: a user name and its password. */
export interface PasswordArgs {
  /** The type for an account. */
  type: "password";
  /** The user name, which Keycard encrypts together with the password. */
  username: pulumi.Input<string>;
  /**
   * The password itself, its source, how to generate it, or its first value. Only a plain string enters the state.
   */
  password: pulumi.Input<string | ValueSource | GeneratedValue | InitialValue>;
}

/** A JSON value whose parts may be outputs. */
export type JsonInput = pulumi.Input<
  string | number | boolean | null | JsonInput[] | { [key: string]: JsonInput }
>;

/**
 * The arguments of a secret.
 *
 * @see https://docs.keycard.ai/api
 */
export interface SecretArgs {
  /**
   * The zone that keeps the secret. A change replaces the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
  /** The entity that the secret belongs to, usually the id of a Keycard Resource. A change replaces the secret. */
  entityId: pulumi.Input<string>;
  /**
   * The name of the secret. A change updates the secret in place.
   *
   * @defaultValue the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /** A description of at most 128 characters. Keycard does not encrypt it. A change updates the secret in place. */
  description?: pulumi.Input<string>;
  /** Any JSON object. Keycard does not encrypt it. A change updates the secret in place. */
  metadata?: pulumi.Input<Record<string, JsonInput>>;
  /** The value. Keycard encrypts it, and Pulumi stores it as a secret. A change updates the secret in place, with all fields of `data`. */
  data:
    | pulumi.Input<TokenArgs | PasswordArgs>
    // Apart, because an editor shows no text for a part of an object that several forms declare.
    | pulumi.OutputInstance<TokenArgs | PasswordArgs | DeclaredData>
    | Promise<TokenArgs | PasswordArgs | DeclaredData>;
  /**
   * The maximum age of the value in days. If the value is older, previews and `pulumi up` warn. The age is counted from the
   * last known change of the value, and is taken from the state. A change of this argument sends nothing.
   */
  maxAgeDays?: pulumi.Input<number>;
  /** Adopts the existing secret with this id instead of creating one. Ignored after that. */
  adoptId?: pulumi.Input<string>;
}

/** Where to find an existing secret. */
export interface SecretLookup {
  /**
   * The zone that keeps the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: pulumi.Input<string>;
}

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
  /**
   * Counts from 1. Keycard increments it with each new value. Whether other changes increment it is not documented. Resources
   * that depend on it update when it increments.
   */
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
 * the SDK (3.248 and 3.276) reports a fixed frame to the engine as the line of the program.
 */
export const SecretResource = pulumi.CustomResource as unknown as Pick<
  typeof pulumi.CustomResource,
  "isInstance"
> &
  (abstract new (
    ...args: ConstructorParameters<typeof pulumi.CustomResource>
  ) => pulumi.CustomResource & SecretOutputs);

/** True for a resource of a type, even if another copy of this package created it. */
export const isOfType = (value: unknown, type: string) =>
  (value as { __pulumiType?: unknown } | undefined)?.__pulumiType === type;
