import { InvalidArgumentError } from "commander";
import type { Switches } from "./switches";

/** The values of each switch. A switch with a number has none here. */
const CHOICES: { [Name in keyof Switches]: readonly Switches[Name][] } = {
  clearing: ["empty", "null", "null-ignoring-empty", "never"],
  metadata: ["replace", "merge", "deep-merge"],
  version: ["every-update", "data-only"],
  typeChange: ["allowed", "refused"],
  uniqueNames: [false, true],
  list: ["array", "items", "forbidden", "missing", "method-not-allowed", "garbage"],
  pageSize: [],
  cursors: ["proper", "same", "turns", "fresh", "fresh-empty", "fresh-full", "none", "empty"],
  readValues: ["allowed", "forbidden"],
  texts: ["kept", "trimmed", "nfc", "lower-case", "collapsed", "cut"],
  metadataValues: ["kept", "trimmed", "as-text", "lower-case-keys", "without-empty"],
  metadataNulls: ["kept", "dropped"],
  ownMetadata: ["never", "always", "on-create", "on-update"],
  answersTo: ["kept", "sent"],
  clearedAs: ["absent", "null", "empty"],
  tokenAuth: ["both", "basic", "form"],
  tokenExpiresIn: ["omitted"],
  listLagMs: [],
  readLagMs: [],
  writeLagMs: [],
  timesBehindMs: [],
  notFoundCacheMs: [],
  nameFreedAfterMs: [],
  unknownFields: ["rejected", "dropped"],
  malformedBody: [400, 500],
  errorBodies: ["older", "newer"],
  vaults: ["one", "several", "none", "none-refusing"],
  names: ["any", "as-neighbours"],
};
const NUMBERS: readonly string[] = [
  "pageSize",
  "tokenExpiresIn",
  "listLagMs",
  "readLagMs",
  "writeLagMs",
  "timesBehindMs",
  "notFoundCacheMs",
  "nameFreedAfterMs",
];

/** The switches and their values, for a help text. */
export const SWITCHES_HELP = Object.entries(CHOICES)
  .map(([name, choices]) => `  ${name}=${valuesOf(name, choices).join("|")}`)
  .join("\n");

/**
 * Parses one `name=value` of the command line, and adds it to the others.
 *
 * @throws InvalidArgumentError if there is no such switch or value
 */
export function addSwitch(text: string, before: Partial<Switches>): Partial<Switches> {
  const [name = "", value = ""] = text.split("=", 2);
  if (!Object.hasOwn(CHOICES, name)) {
    throw new InvalidArgumentError(
      `There is no switch "${name}". The switches are ${Object.keys(CHOICES).join(", ")}.`,
    );
  }
  const choices: readonly unknown[] = CHOICES[name as keyof Switches];
  const choice = choices.find((candidate) => String(candidate) === value);
  if (choice !== undefined) return { ...before, [name]: choice };
  if (NUMBERS.includes(name) && /^[1-9]\d*$/.test(value)) return { ...before, [name]: Number(value) };
  throw new InvalidArgumentError(
    `The switch "${name}" has no value "${value}". Its values are ${valuesOf(name, choices).join(", ")}.`,
  );
}

function valuesOf(name: string, choices: readonly unknown[]): string[] {
  return [...choices.map(String), ...(NUMBERS.includes(name) ? ["NUMBER"] : [])];
}
