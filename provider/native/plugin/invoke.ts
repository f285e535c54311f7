import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { MISSING_ZONE } from "../../config/settings";
import type { LookUpArgs, LookUpName } from "../../secret/lookups";
import { describeCall, problemOfLookup } from "../../program/lookup-mistakes";
import type { SecretProvider } from "../../secret/provider";
import { encode, encodeSecret } from "./properties";

const NAMES: readonly LookUpName[] = ["getSecret", "getSecretValue", "listSecrets"];

/**
 * Runs a function of the plugin.
 *
 * @param token - as in `keycard-secrets:index:getSecret`
 * @param defaultZoneId - the zone if the arguments do not name one
 * @throws an Error that names the call
 */
export async function lookUp(
  core: SecretProvider,
  token: string,
  args: Record<string, unknown>,
  defaultZoneId: string | undefined,
): Promise<InvokeResponse> {
  const name = NAMES.find((known) => token === `keycard-secrets:index:${known}`);
  if (name === undefined) throw new Error(`keycard-secrets has no function ${token}.`);
  const call = describeCall(name, args, name);
  const zoneId = args["zoneId"] ?? defaultZoneId;
  const problem = problemOfLookup(name, args, undefined) ?? (zoneId ? undefined : `${MISSING_ZONE}.`);
  if (problem !== undefined) {
    return new InvokeResponse().setFailuresList([new CheckFailure().setReason(`${call}: ${problem}`)]);
  }
  const result = await core
    .lookUp(name, zoneId as string, args as unknown as LookUpArgs<typeof name>)
    .catch((error: unknown) => {
      throw new Error(`${call}: ${(error as Error).message}`, { cause: error });
    });
  return new InvokeResponse().setReturn(name === "getSecretValue" ? encodeSecret(result) : encode(result));
}
