import type { Credentials, Limits } from "../keycard";
import { conflictOf, credentialsOf, type FoundCredentials } from "./credentials";
import { endpointOf } from "./endpoint";
import {
  findSetting,
  keyOf,
  VARIABLES,
  type Environment,
  type Found,
  type ReadConfig,
  type Setting,
} from "./places";

/** How to reach Keycard, and how to authenticate. */
export interface Settings {
  /** Without a trailing slash. */
  endpoint: string;
  /** The setting that the endpoint comes from; absent for the default. */
  endpointFrom?: string;
  credentials: Credentials;
  limits: Limits;
  concurrency: number;
  /** The setting that is `false`, if values must not be read. */
  valuesForbiddenBy?: string;
}

/** The message for a secret without a zone. */
export const MISSING_ZONE =
  "`zoneId` is missing. Set the argument, " +
  `run \`pulumi config set ${keyOf("zoneId")}\` with the ID of the zone, or set KEYCARD_ZONE_ID`;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The zone of secrets that do not name one. */
export function defaultZoneId(config: ReadConfig | undefined, env: Environment): string | undefined {
  return findSetting("zoneId", config, env)?.value;
}

/**
 * Resolves everything that a call to Keycard needs.
 *
 * @param config - undefined if only variables can be set, as on the command line
 * @throws an Error that names the configuration key and the variable to set
 */
export function resolveSettings(config: ReadConfig | undefined, env: Environment): Settings {
  const find = (setting: Setting) => findSetting(setting, config, env);
  const nameOf = (setting: Setting) => find(setting)?.place ?? placesOf(setting, config !== undefined);
  const endpoint = find("endpoint");
  const readValues = find("readValues");
  return {
    endpoint: endpointOf(endpoint),
    ...(endpoint && { endpointFrom: endpoint.place }),
    credentials: credentialsOf(foundCredentials(find), config !== undefined),
    limits: {
      attemptMs: milliseconds(secondsOf(find("attemptTimeoutSeconds"), 30)),
      totalMs: milliseconds(secondsOf(find("totalTimeoutSeconds"), 180)),
      settings: { attempt: nameOf("attemptTimeoutSeconds"), total: nameOf("totalTimeoutSeconds") },
    },
    concurrency: concurrencyOf(find("concurrency")),
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
    () => secondsOf(find("attemptTimeoutSeconds"), 0),
    () => secondsOf(find("totalTimeoutSeconds"), 0),
    () => concurrencyOf(find("concurrency")),
    () => isOff(find("readValues")),
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
function placesOf(setting: Setting, hasConfig: boolean): string {
  const [variable] = VARIABLES[setting];
  return hasConfig ? `${keyOf(setting)} or ${variable}` : variable;
}

/** Timers take whole milliseconds, and have a maximum. */
function milliseconds(seconds: number): number {
  return Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER_MS);
}

function secondsOf(found: Found | undefined, standard: number): number {
  return positiveNumber(found, standard, "a number of seconds above 0, such as 30");
}

function concurrencyOf(found: Found | undefined): number {
  return Math.ceil(positiveNumber(found, 16, "a number above 0, such as 16"));
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
