import type { dynamic } from "@pulumi/pulumi";
import { defaultZoneId } from "../../config";
import { SETTINGS } from "../settings";

/** What the engine adds to a provider's configuration by itself. */
const ENGINE_KEYS = /^(version|pluginDownloadURL|pluginChecksums|parameterization|__.*)$/;

const NAMES = Object.keys(SETTINGS)
  .map((name) => `\`${name}\``)
  .join(", ");

/** The configuration of one provider: the arguments of `Provider`, or the stack's keys in `keycard-secrets:`. */
export class PluginConfig implements dynamic.Config {
  /** @param variables - by the keys that the engine gives them, as in `keycard-secrets:config:zoneId` */
  constructor(private readonly variables: ReadonlyMap<string, string> = new Map()) {}

  /** The plugin's configuration has one namespace, so whichever the core asks for is this one. */
  get(key: string): string | undefined {
    return this.variables.get(`keycard-secrets:config:${key.split(":")[1]}`);
  }

  require(key: string): string {
    return this.get(key) ?? "";
  }

  /** The zone of secrets that name none. */
  get zoneId(): string | undefined {
    return defaultZoneId((key) => this.get(key), process.env);
  }
}

/** What is wrong with the keys of a provider's configuration. */
export function configProblems(config: object): string[] {
  return Object.keys(config)
    .filter((key) => !Object.hasOwn(SETTINGS, key) && !ENGINE_KEYS.test(key))
    .map((key) => `\`${key}\` is not a setting of keycard-secrets. The settings are ${NAMES}`);
}
