import { didYouMean, mistypedNames, nearestNames } from "./did-you-mean";
import { type Environment, OWN_NAMESPACE, SETTINGS, SHARED_NAMESPACE, VARIABLES } from "./settings";

/** Keys that Pulumi itself reads in the namespace of every package. */
const KEYS_OF_PULUMI = ["version", "pluginDownloadURL"];

interface JudgedKeys {
  /** Keys that only this package could read. */
  errors: string[];
  /** Names that another program may read. */
  warnings: string[];
}

/**
 * Validates the keys of a stack's configuration. In our own namespace every unknown key is a mistake. In a shared one, a
 * key that resembles ours may be one.
 *
 * @param keys - with their namespaces, as in `keycard-secrets:endpoint`
 * @param project - the name of the project, whose own settings are in a namespace of that name
 */
export function judgeKeys(keys: readonly string[], project: string): JudgedKeys {
  const unknown = keys.flatMap((key) => {
    const [namespace = "", ...rest] = key.split(":");
    const name = rest.join(":");
    return (SETTINGS as string[]).includes(name) || KEYS_OF_PULUMI.includes(name)
      ? []
      : [{ namespace, name, key }];
  });
  const isOurs = (namespace: string) => namespace === OWN_NAMESPACE && namespace !== project;
  const isShared = (namespace: string) =>
    namespace === SHARED_NAMESPACE || (namespace === OWN_NAMESPACE && namespace === project);
  return {
    errors: unknown.filter(({ namespace }) => isOurs(namespace)).map(({ name }) => unknownSetting(name)),
    warnings: unknown
      .filter(({ namespace, name }) => isShared(namespace) && nearestNames(name, SETTINGS).length > 0)
      .map(({ key, name }) =>
        `${key} is ignored: it is not a setting of pulumi-keycard. ${didYouMean(name, SETTINGS, `${OWN_NAMESPACE}:`)}`.trim(),
      ),
  };
}

/** The message for a key in our own namespace that is not a setting. @param name - without the namespace */
export function unknownSetting(name: string): string {
  const key = `${OWN_NAMESPACE}:${name}`;
  return (
    `${key} is not a setting. ${didYouMean(name, SETTINGS, `${OWN_NAMESPACE}:`)}` +
    `The settings are ${SETTINGS.join(", ")}. Remove it with \`pulumi config rm ${key}\`.`
  );
}

/** What Keycard's Terraform provider knows in the namespace that it shares with this package, if Pulumi runs it. */
const KEYS_OF_BRIDGE = ["endpoint", "clientId", "clientSecret"];

/**
 * Finds settings of this package that break Keycard's Terraform provider, if a program uses both: the bridge rejects each key
 * of its namespace that it does not know, with "not a valid configuration key" (seen in 0.8.0).
 */
export function judgeBridgedKeys(keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const [namespace, ...rest] = key.split(":");
    const name = rest.join(":");
    const isOnlyOurs = (SETTINGS as string[]).includes(name) && !KEYS_OF_BRIDGE.includes(name);
    if (namespace !== SHARED_NAMESPACE || !isOnlyOurs) return [];
    return [
      `${key} breaks Keycard's Terraform provider, which this program uses too: it rejects keys that it does not know. Set ` +
        `${OWN_NAMESPACE}:${name} instead, and run \`pulumi config rm ${key}\`.`,
    ];
  });
}

/** Finds environment variables whose names differ from ours in one or two letters, so that nothing reads them. */
export function judgeVariables(env: Environment): string[] {
  const known = [...Object.values(VARIABLES).flat(), "KEYCARD_LOG"];
  // On Windows, names are case-insensitive.
  const isRead = (name: string) =>
    known.some((variable) => env[variable] !== undefined && equalsIgnoringCase(variable, name));
  return Object.keys(env)
    .filter((name) => /^keycard_/i.test(name) && !isRead(name) && mistypedNames(name, known).length > 0)
    .map(
      (name) =>
        `The environment variable ${name} is ignored: pulumi-keycard reads no such variable. ` +
        `Did you mean ${mistypedNames(name, known).join(" or ")}?`,
    );
}

const equalsIgnoringCase = (a: string, b: string) => a.toUpperCase() === b.toUpperCase();
