import { VARIABLES, type Environment } from "../config/places";

/** Variables that decrypt the state or authenticate with Pulumi Cloud. Pulumi passes them to its plugins. */
const PULUMI_VARIABLES = [
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
];

const WITHHELD = new Set<string>([...PULUMI_VARIABLES, ...VARIABLES.clientSecret, ...VARIABLES.accessToken]);

/**
 * The variables that a command gets: all of ours except the credentials of Pulumi and of Keycard.
 *
 * @param passed - the names of credentials that it gets nevertheless
 */
export function commandEnvironment(env: Environment, passed: readonly string[]): Environment {
  // On Windows, names are case-insensitive.
  const isWithheld = (name: string) => WITHHELD.has(name.toUpperCase()) && !passed.includes(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isWithheld(name)));
}
