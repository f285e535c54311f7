import { defaultZoneId, problemsOfSettings } from "../../config/settings";
import { type ReadConfig, keyOf, OWN_NAMESPACE, SETTINGS } from "../../config/places";
import { didYouMean } from "../../config/did-you-mean";
import { isUnknown } from "../../pulumi-values";

/** Keys that the engine itself adds to a provider's configuration. */
const ENGINE_KEYS = /^(version|pluginDownloadURL|pluginChecksums|parameterization|__.*)$/;

const NAMES = SETTINGS.map((name) => `\`${name}\``).join(", ");

/** The configuration of one provider: the arguments of `Provider`, or the stack's keys in `keycard-secrets:`. */
export class PluginConfig {
  /** @param variables - the settings by the engine's keys, as in `keycard-secrets:config:zoneId` */
  constructor(private readonly variables: ReadonlyMap<string, string> = new Map()) {}

  /** Reads a setting by the core's key, as in `keycard-secrets:zoneId`. */
  readonly get = (key: string): string | undefined => this.variables.get(key.replace(":", ":config:"));

  readonly require = (key: string): string => this.get(key) ?? "";

  /** The zone of secrets that do not name one. */
  get zoneId(): string | undefined {
    return defaultZoneId(this.get, process.env);
  }
}

/** Validates the settings of a provider, without network or credentials. */
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
