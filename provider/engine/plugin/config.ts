import { didYouMean } from "../../config/did-you-mean";
import { type ReadConfig, SETTINGS, defaultZoneId, keyOf, problemsOfSettings } from "../../config/settings";
import { unknownSetting } from "../../config/unknown-keys";
import { isUnknown, nameIn } from "../../pulumi-values";

/** Keys that the engine itself adds to a provider's configuration. */
const ENGINE_KEYS = /^(version|pluginDownloadURL|pluginChecksums|parameterization|__.*)$/;

const NAMES = SETTINGS.map((name) => `\`${name}\``).join(", ");

/** The name of the provider that the engine makes of the stack's configuration, with a version if the program asks for one. */
const DEFAULT = /^default(_\d+_\d+_\d+.*)?$/;

/** The name of an explicit provider. @returns undefined for the default provider, and if the engine does not tell */
export function explicitName(urn = ""): string | undefined {
  const name = nameIn(urn);
  return name === "" || DEFAULT.test(name) ? undefined : name;
}

/** The configuration of one provider: the arguments of `Provider`, or the stack's keys in `keycard-secrets:`. */
export class PluginConfig {
  /** @param variables - the settings by the engine's keys, as in `keycard-secrets:config:zoneId` */
  constructor(
    private readonly variables: ReadonlyMap<string, string> = new Map(),
    readonly provider?: string,
  ) {}

  /** Reads a setting by the core's key, as in `keycard-secrets:zoneId`. */
  readonly get = (key: string): string | undefined => this.variables.get(key.replace(":", ":config:"));

  readonly require = (key: string): string => this.get(key) ?? "";

  get zoneId(): string | undefined {
    return defaultZoneId(this.get, process.env);
  }
}

/** Validates the settings of a provider, without network or credentials. */
export function configProblems(config: Record<string, unknown>, provider?: string): string[] {
  const unknown = Object.keys(config).filter(
    (key) => !(SETTINGS as string[]).includes(key) && !ENGINE_KEYS.test(key),
  );
  const get = (key: string) => {
    const value = SETTINGS.find((setting) => keyOf(setting) === key);
    return value === undefined || isUnknown(config[value]) ? undefined : config[value];
  };
  const read: ReadConfig = Object.assign(get, { provider });
  return [
    ...unknown.map((key) =>
      provider === undefined
        ? unknownSetting(key)
        : `\`${key}\` is not an argument of the provider \`${provider}\`. ${didYouMean(key, SETTINGS)}The arguments are ${NAMES}.`,
    ),
    ...problemsOfSettings(read, process.env),
  ];
}
