import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { MISSING_ZONE } from "../../config";
import type { SecretProvider } from "../../secret-provider";
import { encode, encodeSecret } from "./properties";

/** What each function takes beside `zoneId`: the arguments that it needs, and those that it can do without. */
const FUNCTIONS = {
  getSecret: { needs: ["id"], takes: [] },
  getSecretValue: { needs: ["id"], takes: [] },
  listSecrets: { needs: [], takes: ["entityId", "type"] },
} satisfies Record<string, { needs: string[]; takes: string[] }>;

type FunctionName = keyof typeof FUNCTIONS;

/**
 * Answers a function of the plugin.
 *
 * @param token - as in `keycard-secrets:index:getSecret`
 * @param defaultZoneId - the zone if the arguments name none
 */
export async function lookUp(
  core: SecretProvider,
  token: string,
  args: Record<string, unknown>,
  defaultZoneId: string | undefined,
): Promise<InvokeResponse> {
  const name = token.replace(/^keycard-secrets:index:/, "");
  if (!isFunction(name)) throw new Error(`keycard-secrets has no function ${token}.`);
  const { zoneId = defaultZoneId, ...others } = args;
  const problems = problemsOf(name, { ...others, zoneId });
  if (problems.length > 0) {
    const failures = problems.map((reason) => new CheckFailure().setReason(reason));
    return new InvokeResponse().setFailuresList(failures);
  }
  const result = await core.lookUp(name, zoneId as string, others);
  return new InvokeResponse().setReturn(name === "getSecretValue" ? encodeSecret(result) : encode(result));
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function problemsOf(name: FunctionName, args: Record<string, unknown>): string[] {
  if (!args["zoneId"]) return [`${name}: ${MISSING_ZONE}`];
  const { needs, takes }: { needs: string[]; takes: string[] } = FUNCTIONS[name];
  const known = ["zoneId", ...needs, ...takes];
  const list = known.map((argument) => `\`${argument}\``).join(", ");
  return [
    ...Object.keys(args)
      .filter((argument) => !known.includes(argument))
      .map((argument) => `\`${argument}\` is not an argument of ${name}. The arguments are ${list}`),
    ...needs.filter((argument) => !args[argument]).map((argument) => `${name}: \`${argument}\` is missing`),
    ...known
      .filter((argument) => args[argument] !== undefined && typeof args[argument] !== "string")
      .map((argument) => `${name}: \`${argument}\` must be a string`),
  ];
}
