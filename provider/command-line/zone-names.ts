import type { Secret } from "../keycard";
import { identifier, resourceName, UniqueNames, variable } from "./names";

/** What a program itself declares. */
const OWN_IDENTIFIERS = ["config", "fromEnv", "pulumi", "Secret", "versions", "zoneId"];

/** A secret with the names that a program has for it. No two secrets of a zone share one. */
export interface NamedSecret {
  secret: Secret;
  /** Of the Pulumi resource. */
  resource: string;
  /** Of the TypeScript variable that holds the resource. */
  identifier: string;
  /** The configuration key of its value. */
  key: string;
  /** The configuration key of the user name beside a password. */
  usernameKey: string;
  /** The environment variable of its value. */
  variable: string;
}

/**
 * Names secrets, the oldest first, so that a new one takes no name from those before it.
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
