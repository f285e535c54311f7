import type { Credentials } from "../keycard/http/auth";
import type { Limits } from "../keycard/http/time";

/** Reads one key of a configuration, such as `keycard-secrets:endpoint`. */
export interface ReadConfig {
  (key: string): unknown;
  /** The name of the explicit provider whose arguments it reads; absent for the configuration of a stack. */
  readonly provider?: string | undefined;
}

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

export const SETTINGS = Object.keys(VARIABLES) as Setting[];

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
function configPlace(setting: Setting, { provider }: Pick<ReadConfig, "provider">): string {
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

/** The settings that authenticate calls to Keycard, each undefined if it is unset. */
interface FoundCredentials {
  token: Found | undefined;
  id: Found | undefined;
  secret: Found | undefined;
}

/** Pulumi passes refresh and destroy the configuration that the last `up` stored. */
const STALE =
  "`pulumi refresh` and `pulumi destroy` use the configuration of the last `pulumi up`: if you have changed these " +
  "settings since then, add `--run-program`.";

/** Chooses the credentials from the place that takes precedence. */
function credentialsOf({ token, id, secret }: FoundCredentials, config: ReadConfig | undefined): Credentials {
  const conflict = conflictOf({ token, secret });
  if (conflict !== undefined) throw new Error(conflict);
  if (token && token.level < (secret?.level ?? Infinity)) {
    return { source: `the token from ${token.place}`, accessToken: token.value, ...adviceFor(token) };
  }
  if (!id && !secret) throw new Error(`No Keycard credentials found. ${howToSet(config)}`);
  if (!id) throw missingHalf("clientId", secret?.place, config);
  if (!secret) throw missingHalf("clientSecret", id.place, config);
  return {
    source: `the client id from ${id.place} with the client secret from ${secret.place}`,
    clientId: id.value,
    clientSecret: secret.value,
    ...adviceFor(id, secret),
    ...([id, secret].some(({ place }) => OF_APPLICATIONS.includes(place)) && {
      rejectedAdvice: `${OF_APPLICATIONS.join(" and ")} ${APPLICATION}`,
    }),
  };
}

/** Keycard's packages for agents read these variables, too. */
const OF_APPLICATIONS: readonly string[] = [VARIABLES.clientId[0], VARIABLES.clientSecret[0]];

const APPLICATION =
  "may be those of an application, which Keycard's packages for agents read. Here they must be those of a service " +
  "account, which you create in Keycard Console.";

/** What is wrong if one place sets two kinds of credentials, so that neither takes precedence. */
function conflictOf({ token, secret }: Pick<FoundCredentials, "token" | "secret">): string | undefined {
  if (!token || token.level !== secret?.level) return undefined;
  return `Set only one of ${token.place} and ${secret.place}.`;
}

const SET_VARIABLES =
  "Set KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or KEYCARD_ACCESS_TOKEN if you have a token already.";

function howToSet(config: ReadConfig | undefined): string {
  if (!config) return SET_VARIABLES;
  const { provider } = config;
  if (provider !== undefined) {
    return (
      `Set \`clientId\` and \`clientSecret\` of the provider \`${provider}\`, or KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET. ` +
      "If you have a token already, set its `accessToken` or KEYCARD_ACCESS_TOKEN instead. An explicit provider does not " +
      "receive the stack's configuration."
    );
  }
  return (
    `Set KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET, or ${keyOf("clientId")} and ${keyOf("clientSecret")} ` +
    "(with `pulumi config set --secret`). If you have a token already, set KEYCARD_ACCESS_TOKEN or " +
    `${keyOf("accessToken")} instead. If the stack's configuration has them already, remove the option \`provider\` from the ` +
    "resource: an explicit provider does not receive that configuration."
  );
}

function missingHalf(setting: Setting, present = "", config: ReadConfig | undefined): Error {
  const half = setting === "clientId" ? "client ID" : "client secret";
  return new Error(`${present} is set, but the ${half} is missing. Set ${placesOf(setting, config)}.`);
}

function adviceFor(...used: Found[]): Pick<Credentials, "advice"> {
  return used.some(({ isConfigured }) => isConfigured) ? { advice: STALE } : {};
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

export const DEFAULT_ENDPOINT = "https://api.keycard.ai";

/**
 * Reads the address of the API, without a trailing slash.
 *
 * @throws an Error that names the setting and shows no part of it
 */
function endpointOf(found: Found | undefined): string {
  if (!found) return DEFAULT_ENDPOINT;
  const { value, place } = found;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(`${place} must be an http(s) URL, such as ${DEFAULT_ENDPOINT}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error(`${place} must be a URL without credentials, query or fragment.`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Error(`${place} uses http, which would send credentials unencrypted. Use https.`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

interface Settings {
  /** Without a trailing slash. */
  endpoint: string;
  /** The setting that the endpoint comes from; absent for the default. */
  endpointFrom?: string;
  credentials: Credentials;
  limits: Limits;
  concurrency: number;
  /** The setting that is `false`, if values must not be read. */
  valuesForbiddenBy?: string;
  /** Where the setting for that is, or can be. */
  readValuesAt: string;
  defaultZone?: { id: string; place: string };
}

/** The message for a secret without a zone. @param provider - the name of its explicit provider */
export function missingZone(provider?: string): string {
  const configure =
    provider === undefined
      ? `run \`pulumi config set ${keyOf("zoneId")}\` with the ID of the zone`
      : `set ${configPlace("zoneId", { provider })}`;
  return `\`zoneId\` is missing. Set the argument, ${configure}, or set KEYCARD_ZONE_ID`;
}

export const MISSING_ZONE = missingZone();

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function defaultZoneId(config: ReadConfig | undefined, env: Environment): string | undefined {
  return findSetting("zoneId", config, env)?.value;
}

/** Resolves everything that a call to Keycard needs. */
export function resolveSettings(config: ReadConfig | undefined, env: Environment): Settings {
  const find = (setting: Setting) => findSetting(setting, config, env);
  const nameOf = (setting: Setting) => find(setting)?.place ?? placesOf(setting, config);
  const endpoint = find("endpoint");
  const [readValues, zone] = [find("readValues"), find("zoneId")];
  return {
    endpoint: endpointOf(endpoint),
    ...(endpoint && { endpointFrom: endpoint.place }),
    credentials: credentialsOf(foundCredentials(find), config),
    limits: {
      attemptMs: millisecondsOf(find("attemptTimeoutSeconds"), 30),
      totalMs: millisecondsOf(find("totalTimeoutSeconds"), 180),
      settings: { attempt: nameOf("attemptTimeoutSeconds"), total: nameOf("totalTimeoutSeconds") },
    },
    concurrency: countOf(find("concurrency"), 16),
    readValuesAt: nameOf("readValues"),
    ...(zone && { defaultZone: { id: zone.value, place: zone.place } }),
    ...(isOff(readValues) && { valuesForbiddenBy: readValues.place }),
  };
}

/**
 * Validates the settings without network or credentials. Missing or incomplete credentials are not a mistake here, so
 * that a pull request from a fork gets its preview.
 *
 * @returns one sentence for each mistake, none of which shows a value
 */
export function problemsOfSettings(config: ReadConfig | undefined, env: Environment): string[] {
  const find = (setting: Setting) => findSetting(setting, config, env);
  const judgements: (() => unknown)[] = [
    () => endpointOf(find("endpoint")),
    () => millisecondsOf(find("attemptTimeoutSeconds"), 30),
    () => millisecondsOf(find("totalTimeoutSeconds"), 180),
    () => countOf(find("concurrency"), 16),
    () => isOff(find("readValues")),
    () => parallelReadsOf(config, env),
  ];
  const conflict = conflictOf(foundCredentials(find));
  return [...judgements.flatMap(messageOf), ...(conflict === undefined ? [] : [conflict])];
}

function messageOf(judge: () => unknown): string[] {
  try {
    judge();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function foundCredentials(find: (setting: Setting) => Found | undefined): FoundCredentials {
  return { token: find("accessToken"), id: find("clientId"), secret: find("clientSecret") };
}

/** Where an unset setting can be set, for messages. */
function placesOf(setting: Setting, config: ReadConfig | undefined): string {
  const [variable] = VARIABLES[setting];
  return config ? `${configPlace(setting, config)} or ${variable}` : variable;
}

/** Timers take whole milliseconds, and have a maximum. */
const millisecondsOf = (found: Found | undefined, standard: number) =>
  Math.min(
    Math.ceil(positiveNumber(found, standard, "a number of seconds above 0, such as 30") * 1000),
    LONGEST_TIMER_MS,
  );

const countOf = (found: Found | undefined, standard: number) =>
  Math.ceil(positiveNumber(found, standard, `a number above 0, such as ${standard}`));

/** The maximum number of files and commands that are read at once. @throws an Error that names the setting, if it is no such number */
export function parallelReadsOf(config: ReadConfig | undefined, env: Environment): number {
  return countOf(findSetting("parallelReads", config, env), 8);
}

function isOff(found: Found | undefined): found is Found {
  if (found && !["true", "false"].includes(found.value))
    throw new Error(`${found.place} must be true or false.`);
  return found?.value === "false";
}

function positiveNumber(found: Found | undefined, standard: number, wanted: string): number {
  if (!found) return standard;
  const number = Number(found.value);
  if (!(number > 0 && Number.isFinite(number))) throw new Error(`${found.place} must be ${wanted}.`);
  return number;
}
