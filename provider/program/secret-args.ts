import type * as pulumi from "@pulumi/pulumi";
import type { DeclaredData } from "../values/types";
import type { GeneratedValue } from "../values/generated";
import type { InitialValue } from "../values/initial";
import type { ValueSource } from "../values/source";

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
  data: pulumi.Input<TokenArgs | PasswordArgs | DeclaredData>;
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
