import { sameJson, withoutNulls } from "../json";
import type { SecretPatch } from "../keycard";
import { valueOf } from "../values/kinds";
import type { DeclaredData } from "../values/types";

/** A JSON object, which Keycard does not encrypt. A key with the value `null` is absent. */
export type Metadata = Record<string, unknown>;

/** The arguments of a secret, resolved, in the form that `check` returns and the state stores. */
export interface SecretInputs {
  zoneId: string;
  entityId: string;
  name: string;
  description?: string;
  metadata?: Metadata;
  data: DeclaredData;
  maxAgeDays?: number;
  adoptId?: string;
}

interface Field {
  /** The effect of a change. `state` is an update that sends nothing, because only the state has the argument. */
  change: "replace" | "patch" | "state" | "nothing";
  /** The value that an absent argument means, and that a PATCH sends to clear it. */
  cleared?: unknown;
  /** Returns whether two values mean the same, if comparing JSON is not enough. */
  same?: (olds: unknown, news: unknown) => boolean;
}

/** One row per argument. Everything that depends on the set of arguments is derived from this table. */
const FIELDS: Record<keyof SecretInputs, Field> = {
  zoneId: { change: "replace" },
  entityId: { change: "replace" },
  name: { change: "patch" },
  description: { change: "patch", cleared: "" },
  metadata: { change: "patch", cleared: {} },
  data: { change: "patch", same: (olds, news) => valueOf(news).changeFrom(valueOf(olds)) === "none" },
  maxAgeDays: { change: "state" },
  adoptId: { change: "nothing" },
};

/** The names of all arguments. */
export const ARGUMENTS = Object.keys(FIELDS) as (keyof SecretInputs)[];

/** The names of the arguments that Keycard stores without encryption. */
export const UNENCRYPTED = ARGUMENTS.filter((name) => name !== "data" && FIELDS[name].change === "patch");

/** The value that an absent argument means, and that a PATCH sends to clear it. */
export const clearedValue = (name: keyof SecretInputs): unknown => FIELDS[name].cleared;

/** The names of the arguments that a PATCH can clear. */
export const CLEARABLE = UNENCRYPTED.filter((name) => FIELDS[name].cleared !== undefined);

type Arguments = Partial<Record<keyof SecretInputs, unknown>>;

const argumentIn = (args: Arguments, name: keyof SecretInputs) =>
  withoutNullsIn(name, args[name]) ?? FIELDS[name].cleared;

const withoutNullsIn = (name: string, value: unknown) => (name === "metadata" ? withoutNulls(value) : value);

/** The changed arguments of one effect. The order of keys, and the form of an absent value, are not a change. */
export function changedArguments(olds: Arguments, news: Arguments, change: Field["change"]) {
  return ARGUMENTS.filter((name) => {
    const { change: cost, same = sameJson } = FIELDS[name];
    return cost === change && !same(argumentIn(olds, name), argumentIn(news, name));
  });
}

/** The smallest PATCH that changes one set of arguments into another. */
export function patchBetween(olds: Arguments, news: Arguments): SecretPatch {
  return Object.fromEntries(
    changedArguments(olds, news, "patch").map((name) => [name, argumentIn(news, name)]),
  );
}

/** Removes arguments and keys of metadata whose value means that they are absent. */
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
