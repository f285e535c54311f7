import * as pulumi from "@pulumi/pulumi";
import type { Metadata } from "../secret/fields";
import type { SecretData } from "../values/types";
import { type LookupOptions, type LookupOutputOptions, askKeycard, outputOf } from "./run-lookup";

/** Arguments that may be outputs. */
export type LookupInputs<T> = { [Name in keyof T]: pulumi.Input<T[Name]> };

/** The zone of a lookup. One declaration for both ways, because an editor shows no text for a part that has two. */
export interface LookupZone {
  /**
   * The zone that keeps the secret.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: string;
}

/** Which secret to look up, by its id. */
export interface GetSecretByIdArgs extends LookupZone {
  /** The id that Keycard gave the secret. Set either `id` or `name`. */
  id: string;
}

/** Which secret to look up, by its name. Exactly one secret must have that name. */
export interface GetSecretByNameArgs extends LookupZone {
  /**
   * The entity that the secret belongs to. Used with `name`.
   *
   * @defaultValue any entity of the zone
   */
  entityId?: string;
  /** The exact name of the secret. Set either `id` or `name`. */
  name: string;
}

/** Which secret to look up: by its id, or by its name. */
export type GetSecretArgs = GetSecretByIdArgs | GetSecretByNameArgs;

/** Which secrets to list. */
export interface ListSecretsArgs {
  /**
   * The zone that keeps the secrets.
   *
   * @defaultValue the configuration's `keycard-secrets:zoneId`, then the variable `KEYCARD_ZONE_ID`
   */
  zoneId?: string;
  /** Only secrets of this entity. */
  entityId?: string;
  /** Only secrets with exactly this name. */
  name?: string;
  /** Only secrets of this type. */
  type?: SecretData["type"];
}

/** A secret without its value. */
export interface GetSecretResult {
  /** The id that Keycard gave the secret. */
  id: string;
  /** The zone that keeps the secret. */
  zoneId: string;
  /** The entity that the secret belongs to. */
  entityId: string;
  /** The name of the secret. */
  name: string;
  /** The description; absent if Keycard has none. */
  description?: string;
  /** The metadata; absent if Keycard has none. */
  metadata?: Metadata;
  /** The kind of value. */
  type: SecretData["type"];
  /** Counts from 1. Keycard increments it with each new value. Whether other changes increment it is not documented. */
  version: number;
  /** RFC 3339, by Keycard's clock. */
  createdAt: string;
  /** RFC 3339, by Keycard's clock. */
  updatedAt: string;
}

/** The secrets of a listing. */
export interface ListSecretsResult {
  /** In the order in which Keycard lists them. */
  secrets: GetSecretResult[];
}

/** The value of a secret. */
export interface GetSecretValueResult {
  /** The value, in its token or password form. */
  data: SecretData;
  /** The version that has this value. */
  version: number;
}

/**
 * Looks up a secret, without its value. The request is sent from the program's process, in previews too, with the same
 * configuration and credentials as the resource.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - the option `parent`
 * @throws if there is no such secret, if several secrets have the name, or if an argument or option is unknown or has the
 * wrong type
 *
 * @example
 * ```ts
 * import { getSecret } from "pulumi-keycard";
 *
 * const { version } = await getSecret({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" });
 * const { id } = await getSecret({ entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3", name: "GitHub token" });
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecret(args: GetSecretArgs, opts?: LookupOptions): Promise<GetSecretResult> {
  return askKeycard("getSecret", args, opts);
}

/**
 * Looks up a secret, without its value. If a preview does not know an argument yet, the result is unknown and no request is sent.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - the options `parent` and, for the call with outputs, `dependsOn`
 *
 * @example
 * ```ts
 * import { getSecretOutput } from "pulumi-keycard";
 *
 * export const version = getSecretOutput({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" }).version;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretOutput(
  args: LookupInputs<GetSecretArgs>,
  opts?: LookupOutputOptions,
): pulumi.Output<GetSecretResult> {
  return outputOf("getSecret", args, opts, getSecretOutput);
}

/**
 * Lists the secrets of a zone, without their values.
 *
 * @param args - which secrets: all of the zone if none of them is set
 * @param opts - the option `parent`
 *
 * @example
 * ```ts
 * import { listSecrets } from "pulumi-keycard";
 *
 * const { secrets } = await listSecrets({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", type: "password" });
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function listSecrets(args: ListSecretsArgs = {}, opts?: LookupOptions): Promise<ListSecretsResult> {
  return askKeycard("listSecrets", args, opts);
}

/**
 * Lists the secrets of a zone, without their values. If a preview does not know an argument yet, the result is
 * unknown and no request is sent.
 *
 * @param args - which secrets: all of the zone if none of them is set
 * @param opts - the options `parent` and, for the call with outputs, `dependsOn`
 *
 * @example
 * ```ts
 * import { listSecretsOutput } from "pulumi-keycard";
 *
 * export const names = listSecretsOutput({ entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3" }).secrets.apply((all) => all.map(({ name }) => name));
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function listSecretsOutput(
  args: LookupInputs<ListSecretsArgs> = {},
  opts?: LookupOutputOptions,
): pulumi.Output<ListSecretsResult> {
  return outputOf("listSecrets", args, opts, listSecretsOutput);
}

/**
 * Reads the value of a secret, in plain text: a promise cannot be marked as a secret. Wrap everything that you derive from
 * it in `pulumi.secret`, or use {@link getSecretValueOutput}, which does that.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - the option `parent`
 * @throws if there is no such secret, if several secrets have the name, or if an argument or option is unknown or has the
 * wrong type
 *
 * @example
 * ```ts
 * import { getSecretValue } from "pulumi-keycard";
 *
 * const { data } = await getSecretValue({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" });
 * const length = data.type === "token" ? data.token.length : data.password.length;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretValue(args: GetSecretArgs, opts?: LookupOptions): Promise<GetSecretValueResult> {
  return askKeycard("getSecretValue", args, opts);
}

/**
 * Reads the value of a secret. The whole result is a Pulumi secret, and so is everything derived from it.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - the options `parent` and, for the call with outputs, `dependsOn`
 *
 * @example
 * ```ts
 * import { getSecretValueOutput } from "pulumi-keycard";
 *
 * export const data = getSecretValueOutput({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" }).data;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretValueOutput(
  args: LookupInputs<GetSecretArgs>,
  opts?: LookupOutputOptions,
): pulumi.Output<GetSecretValueResult> {
  return pulumi.secret(outputOf("getSecretValue", args, opts, getSecretValueOutput));
}
