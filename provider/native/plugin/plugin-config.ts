import { defaultZoneId, problemsOfSettings, type ReadConfig } from "../../config";
import { didYouMean } from "../../config/nearest-names";
import { keyOf, OWN_NAMESPACE, SETTINGS } from "../../config/places";
import { isUnknown } from "../../protocol/unknown-value";

/** What the engine adds to a provider's configuration by itself. */
const ENGINE_KEYS = /^(version|pluginDownloadURL|pluginChecksums|parameterization|__.*)$/;

const NAMES = SETTINGS.map((name) => `\`${name}\``).join(", ");

/** The configuration of one provider: the arguments of `Provider`, or the stack's keys in `keycard-secrets:`. */
export class PluginConfig {
  /** @param variables - by the keys that the engine gives them, as in `keycard-secrets:config:zoneId` */
  constructor(private readonly variables: ReadonlyMap<string, string> = new Map()) {}

  /** Reads a key as the core names it, as in `keycard-secrets:zoneId`. */
  readonly get = (key: string): string | undefined => this.variables.get(key.replace(":", ":config:"));

  readonly require = (key: string): string => this.get(key) ?? "";

  /** The zone of secrets that name none. */
  get zoneId(): string | undefined {
    return defaultZoneId(this.get, process.env);
  }
}

/** Finds what is wrong with the settings of a provider, without network and credentials. */
export function configProblems(config: Record<string, unknown>): string[] {
  const unknown = Object.keys(config).filter(
    (key) => !(SETTINGS as string[]).includes(key) && !ENGINE_KEYS.test(key),
  );
  const read: ReadConfig = (key) => {
    const value = SETTINGS.find((setting) => keyOf(setting) === key);
    return value === undefined || isUnknown(config[value]) ? undefined : config[value];
  };
  return [
    ...unknown.map(
      (key) =>
        `\`${key}\` is not a setting of ${OWN_NAMESPACE}. ${didYouMean(key, SETTINGS)}The settings are ${NAMES}.`,
    ),
    ...problemsOfSettings(read, process.env),
  ];
}
