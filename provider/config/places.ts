/** Reads one key of a configuration, such as `keycard-secrets:endpoint`. */
export interface ReadConfig {
  (key: string): unknown;
  /** The name of the explicit provider whose arguments it reads; absent for the configuration of a stack. */
  readonly provider?: string | undefined;
}

/** The variables of a process. */
export type Environment = Record<string, string | undefined>;

/** The namespace that only this package uses. */
export const OWN_NAMESPACE = "keycard-secrets";

/** The namespace that this package shares with Keycard's Terraform provider, if a stack uses that through Pulumi's bridge. */
export const SHARED_NAMESPACE = "keycard";

/** The environment variables of each setting, in order of precedence. The stack's configuration takes precedence over them. */
export const VARIABLES = {
  endpoint: ["KEYCARD_ENDPOINT", "KEYCARD_API_BASE_URL"],
  clientId: ["KEYCARD_CLIENT_ID", "KEYCARD_API_CLIENT_ID"],
  clientSecret: ["KEYCARD_CLIENT_SECRET", "KEYCARD_API_CLIENT_SECRET"],
  accessToken: ["KEYCARD_ACCESS_TOKEN", "KEYCARD_API_API_KEY"],
  zoneId: ["KEYCARD_ZONE_ID"],
  attemptTimeoutSeconds: ["KEYCARD_ATTEMPT_TIMEOUT_SECONDS"],
  totalTimeoutSeconds: ["KEYCARD_TOTAL_TIMEOUT_SECONDS"],
  concurrency: ["KEYCARD_CONCURRENCY"],
  readValues: ["KEYCARD_READ_VALUES"],
  parallelReads: ["KEYCARD_PARALLEL_READS"],
} as const;

/** The name of a setting, which is also its key in the configuration. */
export type Setting = keyof typeof VARIABLES;

/** The names of all settings. */
export const SETTINGS = Object.keys(VARIABLES) as Setting[];

/** A setting that has a value. */
export interface Found {
  value: string;
  /** The configuration key, the argument of an explicit provider, or the variable. */
  place: string;
  /** False for a variable. */
  isConfigured: boolean;
  /** 0 for the first namespace, then one for the other namespace and for each family of variables. */
  level: number;
}

/** The configuration key of a setting, as messages name it. */
export const keyOf = (setting: Setting) => `${OWN_NAMESPACE}:${setting}`;

/** Where a setting can be configured, for messages: the configuration key, or the argument of an explicit provider. */
export function configPlace(setting: Setting, { provider }: Pick<ReadConfig, "provider">): string {
  return provider === undefined ? keyOf(setting) : `\`${setting}\` of the provider \`${provider}\``;
}

/**
 * Finds a setting in the first place that has it. An empty value is treated as unset, because CI systems set the
 * variables of missing secrets to an empty string.
 *
 * @param config - undefined if there is no configuration, as on the command line
 */
export function findSetting(
  setting: Setting,
  config: ReadConfig | undefined,
  env: Environment,
): Found | undefined {
  const [own, shared] = [keyOf(setting), `${SHARED_NAMESPACE}:${setting}`];
  return [
    { place: configPlace(setting, { ...config }), isConfigured: true, value: textOf(config?.(own)) },
    { place: shared, isConfigured: true, value: textOf(config?.(shared)) },
    ...VARIABLES[setting].map((place) => ({ place, isConfigured: false, value: textOf(env[place]) })),
  ]
    .map((found, level): Found => ({ ...found, level }))
    .find(({ value }) => value !== "");
}

/** A stack's file may contain `false` and `3` without quotes. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The configuration keys that must be set with `--secret`. */
export const SECRET_KEYS = (["clientSecret", "accessToken"] as const).flatMap((setting) => [
  keyOf(setting),
  `${SHARED_NAMESPACE}:${setting}`,
]);
