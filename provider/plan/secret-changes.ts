import { sameJson, withoutNulls } from "../json/same-json";
import type { SecretInputs } from "../secret-inputs";
import type { SecretPatch } from "../keycard";
import { sameData } from "../values/same-data";

interface Field {
  /** What a change of the argument costs; one that the state alone keeps is an update that sends nothing. */
  change: "replace" | "patch" | "state" | "nothing";
  /** What its absence means, and what a PATCH sends to clear it. */
  cleared?: unknown;
  /** Whether two mean the same, if that is not what JSON says. */
  same?: (olds: unknown, news: unknown) => boolean;
}

/** One row an argument; everything that depends on which arguments there are is derived from here. */
const FIELDS: Record<keyof SecretInputs, Field> = {
  zoneId: { change: "replace" },
  entityId: { change: "replace" },
  name: { change: "patch" },
  description: { change: "patch", cleared: "" },
  metadata: { change: "patch", cleared: {} },
  data: { change: "patch", same: sameData },
  maxAgeDays: { change: "state" },
  adoptId: { change: "nothing" },
};

/** The names of all arguments. */
export const ARGUMENTS = Object.keys(FIELDS) as (keyof SecretInputs)[];

/** The names of the arguments that Keycard keeps as they are and does not encrypt. */
export const UNENCRYPTED = ARGUMENTS.filter((name) => name !== "data" && FIELDS[name].change === "patch");

/** What the absence of an argument means, and what a PATCH sends to clear it. */
export const clearedValue = (name: keyof SecretInputs): unknown => FIELDS[name].cleared;

type Arguments = Partial<Record<keyof SecretInputs, unknown>>;

const valueOf = (args: Arguments, name: keyof SecretInputs) =>
  withoutNullsIn(name, args[name]) ?? FIELDS[name].cleared;

const withoutNullsIn = (name: string, value: unknown) => (name === "metadata" ? withoutNulls(value) : value);

/** The arguments of one cost whose meaning differs: the order of keys and the ways to say "none" do not count. */
export function changedArguments(olds: Arguments, news: Arguments, change: Field["change"]) {
  return ARGUMENTS.filter((name) => {
    const { change: cost, same = sameJson } = FIELDS[name];
    return cost === change && !same(valueOf(olds, name), valueOf(news, name));
  });
}

/** The smallest PATCH that leads from one set of arguments to the other. */
export function patchBetween(olds: Arguments, news: Arguments): SecretPatch {
  return Object.fromEntries(changedArguments(olds, news, "patch").map((name) => [name, valueOf(news, name)]));
}

/** The arguments without those, and without members of metadata, that say "none" in another way than by their absence. */
export function withoutCleared<T extends object>(args: T): T {
  const entries = Object.entries(args).map(([name, value]): [string, unknown] => [
    name,
    withoutNullsIn(name, value),
  ]);
  return Object.fromEntries(
    entries.filter(
      ([name, value]) =>
        value !== undefined &&
        !(value !== null && name in FIELDS && sameJson(value, FIELDS[name as keyof SecretInputs].cleared)),
    ),
  ) as T;
}
