import type { Secret } from "../keycard";

const LONGEST_NAME = 60;

/** Words that cannot be the name of a variable in strict mode, and names that already have a meaning. */
const RESERVED = new Set(
  (
    "arguments as async await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function get if implements import in infinity instanceof interface let nan new null of " +
    "package private protected public return set static super switch this throw true try typeof undefined var void " +
    "while with yield require exports module console process global"
  ).split(" "),
);

/** Assigns names that are unique, ignoring case. */
class UniqueNames {
  private readonly taken: Set<string>;

  /**
   * @param separator - the separator before the number of a repeated name
   * @param taken - names that are in use already
   */
  constructor(
    private readonly separator: "-" | "_",
    taken: readonly string[] = [],
  ) {
    this.taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  /** Returns the wanted name, or that name with the first free number. */
  take(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.taken.has(name.toLowerCase()); count++)
      name = `${wanted}${this.separator}${count}`;
    this.taken.add(name.toLowerCase());
    return name;
  }
}

/** The name of a Pulumi resource, derived from the name of the secret: `GitHub token` becomes `github-token`. */
function resourceName(secretName: string): string {
  const words = secretName
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return words.slice(0, LONGEST_NAME).replace(/^-+|-+$/g, "") || "secret";
}

/** The name of a variable, derived from that of the resource: `github-token` becomes `githubToken`. */
function identifier(resource: string): string {
  const name = resource.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
  return RESERVED.has(name) || /^\d/.test(name)
    ? `secret${name.charAt(0).toUpperCase()}${name.slice(1)}`
    : name;
}

/** The name of an environment variable. Its prefix keeps it apart from others, such as `PATH`. */
function variable(resource: string): string {
  return `SECRET_${resource.toUpperCase().replaceAll("-", "_")}`;
}

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
