import * as pulumi from "@pulumi/pulumi";
import type { LookUpName } from "../secret/lookups";
import { isMocked } from "./check-configuration";
import { lookupError } from "./run-lookup";
import { describeCall, problemOfLookup, problemOfOutputLookup } from "./lookup-mistakes";
import type {
  LookupInputs,
  GetSecretArgs,
  GetSecretResult,
  GetSecretValueResult,
  ListSecretsArgs,
  ListSecretsResult,
} from "./lookups";
import { mistake } from "../mistake";
import { UNKNOWN_VALUE } from "../pulumi-values";
import { requireDeclaredPlugin } from "./declared-plugin";

/**
 * Looks up a secret, without its value. The plugin sends the request, in previews too.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - Pulumi's options, such as `provider`
 * @throws if there is no such secret, or if several secrets have the name
 *
 * @example
 * ```ts
 * import { getSecret } from "pulumi-keycard/native";
 *
 * const { version } = await getSecret({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" });
 * const { id } = await getSecret({ entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3", name: "GitHub token" });
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecret(args: GetSecretArgs, opts?: pulumi.InvokeOptions): Promise<GetSecretResult> {
  return invoke("getSecret", args, opts, getSecret);
}

/**
 * Looks up a secret, without its value. If a preview does not know an argument yet, the result is unknown and no request is sent.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - Pulumi's options, such as `provider`
 *
 * @example
 * ```ts
 * import { getSecretOutput } from "pulumi-keycard/native";
 *
 * export const version = getSecretOutput({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" }).version;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretOutput(
  args: LookupInputs<GetSecretArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetSecretResult> {
  return invokeOutput("getSecret", args, opts, getSecretOutput);
}

/**
 * Lists the secrets of a zone, without their values.
 *
 * @param args - which secrets: all of the zone if none of them is set
 * @param opts - Pulumi's options, such as `provider`
 *
 * @example
 * ```ts
 * import { listSecrets } from "pulumi-keycard/native";
 *
 * const { secrets } = await listSecrets({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", type: "password" });
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function listSecrets(
  args: ListSecretsArgs = {},
  opts?: pulumi.InvokeOptions,
): Promise<ListSecretsResult> {
  return invoke("listSecrets", args, opts, listSecrets);
}

/**
 * Lists the secrets of a zone, without their values. If a preview does not know an argument yet, the result is unknown and no request is sent.
 *
 * @param args - which secrets: all of the zone if none of them is set
 * @param opts - Pulumi's options, such as `provider`
 *
 * @example
 * ```ts
 * import { listSecretsOutput } from "pulumi-keycard/native";
 *
 * export const names = listSecretsOutput({ entityId: "h5d1s8f3g6j0l9p2a7e4u1i5o3" }).secrets.apply((all) => all.map(({ name }) => name));
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function listSecretsOutput(
  args: LookupInputs<ListSecretsArgs> = {},
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ListSecretsResult> {
  return invokeOutput("listSecrets", args, opts, listSecretsOutput);
}

/**
 * Reads the value of a secret, in plain text: a promise cannot be marked as a secret. Wrap everything that you derive from
 * it in `pulumi.secret`, or use {@link getSecretValueOutput}, which does that.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - Pulumi's options, such as `provider`
 * @throws if there is no such secret, or if several secrets have the name
 *
 * @example
 * ```ts
 * import { getSecretValue } from "pulumi-keycard/native";
 *
 * const { data } = await getSecretValue({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" });
 * const length = data.type === "token" ? data.token.length : data.password.length;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretValue(
  args: GetSecretArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetSecretValueResult> {
  return invoke("getSecretValue", args, opts, getSecretValue);
}

/**
 * Reads the value of a secret. The whole result is a Pulumi secret, and so is everything derived from it.
 *
 * @param args - which secret: its `id`, or its `name`
 * @param opts - Pulumi's options, such as `provider`
 *
 * @example
 * ```ts
 * import { getSecretValueOutput } from "pulumi-keycard/native";
 *
 * export const data = getSecretValueOutput({ zoneId: "q7m2x9c4v1b8n5k3z6w0t4r8y2", id: "k9w4t1z6c3v8b2n7m5x0q4r1y6" }).data;
 * ```
 *
 * @see https://docs.keycard.ai/api
 */
export function getSecretValueOutput(
  args: LookupInputs<GetSecretArgs>,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetSecretValueResult> {
  return pulumi.secret(
    invokeOutput<GetSecretValueResult>("getSecretValue", args, opts, getSecretValueOutput),
  );
}

/** @param called - the function that the user called, at whose caller the stack of an error begins */
async function invoke<R extends object>(
  name: LookUpName,
  args: object,
  opts: pulumi.InvokeOptions | undefined,
  called: CallableFunction,
): Promise<R> {
  if (Object.values({ ...args }).some(pulumi.isUnknown)) return UNKNOWN as R;
  const problem = problemOfLookup(name, args, undefined);
  if (problem !== undefined) throw lookupError(describeCall(name, args, name), new Error(problem));
  requireDeclaredPlugin(called);
  const isEmptyUnknown = pulumi.runtime.isDryRun() && !isMocked();
  const result = (await pulumi.runtime.invoke(`keycard-secrets:index:${name}`, { ...args }, opts)) as R;
  return isEmptyUnknown && isEmpty(result) ? (UNKNOWN as R) : result;
}

function invokeOutput<R extends object>(
  name: LookUpName,
  args: object,
  opts: pulumi.InvokeOutputOptions | undefined,
  called: CallableFunction,
): pulumi.Output<R> {
  const problem = problemOfOutputLookup(name, args, undefined);
  if (problem !== undefined) throw mistake(`${describeCall(name, args, called.name)}: ${problem}`, called);
  requireDeclaredPlugin(called);
  const output = pulumi.runtime.invokeOutput<R>(`keycard-secrets:index:${name}`, { ...args }, opts ?? {});
  if (!pulumi.runtime.isDryRun() || isMocked()) return output;
  const known = output as pulumi.Output<object>;
  return known.apply((result) => (isEmpty(result) ? pulumi.unknown : result)) as pulumi.Output<R>;
}

/**
 * True for what the engine (CLI 3.259 and 3.274, pulumi/pulumi#10209) answers while the settings of the provider are
 * unknown, as in a preview that creates what they come from. Each result of the plugin has properties.
 */
function isEmpty(result: object): boolean {
  return Object.keys(result).length === 0;
}

/**
 * What a promise has for an unknown result: every property of it is unknown too, every method returns it, and a loop over it has no
 * round. The SDK passes it to the engine as an unknown value.
 */
const UNKNOWN: object = new Proxy(pulumi.unknown, {
  get: (target, key) => {
    if (key === Symbol.toPrimitive) return () => UNKNOWN_VALUE;
    if (key === Symbol.iterator) return () => [][Symbol.iterator]();
    // An object with the first is taken for a promise, and one with the second writes its own JSON.
    if (typeof key === "symbol" || key in target || key === "then" || key === "toJSON") {
      return Reflect.get(target, key) as unknown;
    }
    return [Array.prototype, String.prototype].some((type) => typeof Reflect.get(type, key) === "function")
      ? () => UNKNOWN
      : UNKNOWN;
  },
});
