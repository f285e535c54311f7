import type { Credentials } from "../keycard";
import { isConfigKey, keyOf, VARIABLES, type Found, type Setting } from "./places";

/** The settings that authenticate calls to Keycard, each undefined if it is unset. */
export interface FoundCredentials {
  token: Found | undefined;
  id: Found | undefined;
  secret: Found | undefined;
}

/** Pulumi passes refresh and destroy the configuration that the last `up` stored. */
const STALE =
  "`pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`: if you have changed these " +
  "settings since then, add `--run-program`.";

/**
 * Chooses the credentials from the place that takes precedence.
 *
 * @param hasConfig - false if only variables can be set, as on the command line
 * @throws an Error that names what to set
 */
export function credentialsOf({ token, id, secret }: FoundCredentials, hasConfig: boolean): Credentials {
  const conflict = conflictOf({ token, secret });
  if (conflict !== undefined) throw new Error(conflict);
  if (token && token.level < (secret?.level ?? Infinity)) {
    return { source: `the token from ${token.place}`, accessToken: token.value, ...adviceFor(token) };
  }
  if (!id && !secret)
    throw new Error(`No Keycard credentials found. ${hasConfig ? SET_EITHER : SET_VARIABLES}`);
  if (!id) throw missingHalf("clientId", secret?.place, hasConfig);
  if (!secret) throw missingHalf("clientSecret", id.place, hasConfig);
  return {
    source: `the client id from ${id.place} with the client secret from ${secret.place}`,
    clientId: id.value,
    clientSecret: secret.value,
    ...adviceFor(id, secret),
  };
}

/** What is wrong if one place sets two kinds of credentials, so that neither takes precedence. */
export function conflictOf({
  token,
  secret,
}: Pick<FoundCredentials, "token" | "secret">): string | undefined {
  if (!token || token.level !== secret?.level) return undefined;
  return `Set only one of ${token.place} and ${secret.place}.`;
}

const SET_VARIABLES =
  "Set KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or KEYCARD_ACCESS_TOKEN if you have a token already.";

const SET_EITHER =
  `Set KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or ${keyOf("clientId")} and ${keyOf("clientSecret")} ` +
  "(with `pulumi config set --secret`). If you have a token already, set KEYCARD_ACCESS_TOKEN or " +
  `${keyOf("accessToken")} instead. If the stack's configuration has them already, remove the option \`provider\` from the ` +
  "resource: an explicit provider does not receive that configuration.";

function missingHalf(setting: Setting, present = "", hasConfig: boolean): Error {
  const [variable] = VARIABLES[setting];
  const choices = hasConfig ? `${keyOf(setting)} or ${variable}` : variable;
  const half = setting === "clientId" ? "client ID" : "client secret";
  return new Error(`${present} is set, but the ${half} is missing. Set ${choices}.`);
}

function adviceFor(...used: Found[]): Pick<Credentials, "advice"> {
  return used.some(({ place }) => isConfigKey(place)) ? { advice: STALE } : {};
}
