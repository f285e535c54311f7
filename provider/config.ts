import type { Credentials } from "./keycard";
import { isLoopback } from "./safety/loopback";

/** Reads one key of a stack's configuration, such as `keycard:endpoint`. */
export type ReadConfig = (key: string) => string | undefined;

/** The variables of a process. */
export type Environment = Record<string, string | undefined>;

/** Where Keycard is and how to speak to it. */
export interface Settings {
  /** Without a slash at its end. */
  endpoint: string;
  credentials: Credentials;
  limits: { attemptMs: number; totalMs: number };
  concurrency: number;
  /** The place of the setting that forbids to read values, where one does. */
  valuesForbiddenBy?: string;
}

/** What is wrong where no zone is known, and what to do. */
export const MISSING_ZONE =
  "`zoneId` is missing: set the argument, `pulumi config set keycard:zoneId`, or KEYCARD_ZONE_ID";

const DEFAULT_ENDPOINT = "https://api.keycard.ai";
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Where each setting may stand, the first place winning: the stack's configuration, then the environment. */
const PLACES = {
  endpoint: ["keycard:endpoint", "KEYCARD_ENDPOINT", "KEYCARD_API_BASE_URL"],
  clientId: ["keycard:clientId", "KEYCARD_CLIENT_ID", "KEYCARD_API_CLIENT_ID"],
  clientSecret: ["keycard:clientSecret", "KEYCARD_CLIENT_SECRET", "KEYCARD_API_CLIENT_SECRET"],
  accessToken: ["keycard:accessToken", "KEYCARD_ACCESS_TOKEN", "KEYCARD_API_API_KEY"],
  zoneId: ["keycard:zoneId", "KEYCARD_ZONE_ID"],
  attemptTimeoutSeconds: ["keycard:attemptTimeoutSeconds", "KEYCARD_ATTEMPT_TIMEOUT_SECONDS"],
  totalTimeoutSeconds: ["keycard:totalTimeoutSeconds", "KEYCARD_TOTAL_TIMEOUT_SECONDS"],
  concurrency: ["keycard:concurrency", "KEYCARD_CONCURRENCY"],
  readValues: ["keycard:readValues", "KEYCARD_READ_VALUES"],
} as const;

type Setting = keyof typeof PLACES;

interface Found {
  value: string;
  place: string;
  /** 0 for the configuration, then one for each family of variables. */
  level: number;
}

/** The zone of secrets that name none. */
export function defaultZoneId(config: ReadConfig, env: Environment): string | undefined {
  return find("zoneId", config, env)?.value;
}

/**
 * Resolves everything that a call to Keycard needs.
 *
 * @throws an Error that names the configuration key and the variable to set
 */
export function resolveSettings(config: ReadConfig, env: Environment): Settings {
  const look = (setting: Setting) => find(setting, config, env);
  const positive = (setting: Setting, standard: number) => positiveNumber(look(setting), standard);
  const readValues = look("readValues");
  return {
    endpoint: checkedEndpoint(look("endpoint")),
    credentials: credentialsOf(look("accessToken"), look("clientId"), look("clientSecret")),
    limits: {
      attemptMs: milliseconds(positive("attemptTimeoutSeconds", 30)),
      totalMs: milliseconds(positive("totalTimeoutSeconds", 180)),
    },
    concurrency: Math.ceil(positive("concurrency", 16)),
    ...(isOff(readValues) && { valuesForbiddenBy: readValues.place }),
  };
}

/** An empty setting counts as none, as CI systems set variables of missing secrets to the empty text. */
function find(setting: Setting, config: ReadConfig, env: Environment): Found | undefined {
  return PLACES[setting]
    .map((place, level): Found => ({ place, level, value: (level === 0 ? config(place) : env[place]) ?? "" }))
    .find(({ value }) => value !== "");
}

function credentialsOf(token?: Found, id?: Found, secret?: Found): Credentials {
  if (token && secret?.level === token.level) {
    throw new Error(
      `Both ${token.place} and ${secret.place} are set: keep one of them, as only one can be used.`,
    );
  }
  if (token && token.level < (secret?.level ?? Infinity)) {
    return { source: `the token from ${token.place}`, accessToken: token.value };
  }
  if (!id && !secret) {
    throw new Error(
      "There are no credentials for Keycard: set keycard:clientId and keycard:clientSecret (pulumi config set --secret), " +
        "or KEYCARD_CLIENT_ID and KEYCARD_CLIENT_SECRET; or a ready token in keycard:accessToken or KEYCARD_ACCESS_TOKEN.",
    );
  }
  if (!id) throw missing("clientId", secret?.place);
  if (!secret) throw missing("clientSecret", id.place);
  return {
    source: `the client id from ${id.place} with the client secret from ${secret.place}`,
    clientId: id.value,
    clientSecret: secret.value,
  };
}

function missing(setting: Setting, present = ""): Error {
  const [key, variable] = PLACES[setting];
  return new Error(`${present} is set, but its other half is missing: set ${key} or ${variable}.`);
}

function checkedEndpoint(found: Found | undefined): string {
  if (!found) return DEFAULT_ENDPOINT;
  const { value, place } = found;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(`${place} is not a web address: write it as ${DEFAULT_ENDPOINT}.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error(`${place} must be a plain address, without credentials, query or fragment.`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new Error(`${place} uses http, which would send credentials in the clear: use https.`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}

/** As timers take it: whole, and no longer than they can wait. */
function milliseconds(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER_MS);
}

function isOff(found: Found | undefined): found is Found {
  if (found && !["true", "false"].includes(found.value))
    throw new Error(`${found.place} must be true or false.`);
  return found?.value === "false";
}

function positiveNumber(found: Found | undefined, standard: number): number {
  if (!found) return standard;
  const number = Number(found.value);
  if (!(number > 0 && Number.isFinite(number))) throw new Error(`${found.place} must be a number above 0.`);
  return number;
}
