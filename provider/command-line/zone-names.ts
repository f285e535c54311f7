import type { Secret } from "../keycard";
import { identifier, resourceName, UniqueNames, variable } from "./names";

/** Names that every generated program declares. */
const OWN_IDENTIFIERS = [
  "config",
  "fromEnv",
  "generated",
  "initialValue",
  "pulumi",
  "Secret",
  "versions",
  "zoneId",
];

/** A secret with its names in the program. No two secrets of a zone share one. */
export interface NamedSecret {
  secret: Secret;
  /** The name of the Pulumi resource. */
  resource: string;
  /** The name of the TypeScript variable for the resource. */
  identifier: string;
  /** The configuration key of its value. */
  key: string;
  /** The configuration key of the user name of a password. */
  usernameKey: string;
  /** The environment variable of its value. */
  variable: string;
}

/**
 * Names secrets, the oldest first, so that a new secret does not change the names of older ones.
 *
 * @param secrets - all secrets of a zone
 */
export function nameSecrets(secrets: readonly Secret[]): NamedSecret[] {
  const resources = new UniqueNames("-");
  const identifiers = new UniqueNames("_", OWN_IDENTIFIERS);
  const keys = new UniqueNames("_");
  const variables = new UniqueNames("_");
  return [...secrets].sort(byAge).map((secret) => {
    const resource = resources.take(resourceName(secret.name));
    const name = identifiers.take(identifier(resource));
    return {
      secret,
      resource,
      identifier: name,
      key: keys.take(name),
      usernameKey: keys.take(`${name}Username`),
      variable: variables.take(variable(resource)),
    };
  });
}

function byAge(a: Secret, b: Secret): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1);
}
