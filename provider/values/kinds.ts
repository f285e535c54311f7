import { isObject } from "../json";
import { Generated } from "./generated";
import { Initial } from "./initial";
import { Inline } from "./inline";
import { Source } from "./source";
import type { DeclaredData } from "./types";
import { givenIn, problemOfSeveral, type Value } from "./value";

/** A way to give a token or password other than as a string. */
export interface Kind {
  new (data: DeclaredData): Value;
  /** How a program writes it. */
  readonly examples: readonly string[];
  /** The keys of which a token or password that is given in this way has one, valid or not. */
  readonly keys: readonly string[];
}

/** A later kind takes precedence. */
export const KINDS: Kind[] = [Source, Generated, Initial];

/**
 * Understands `data`, as a program declares it or as a state has it.
 *
 * @param data - not validated
 */
export function valueOf(data: unknown): Value {
  const given = givenIn(data);
  const kind: Kind | typeof Inline = kindOf(given) ?? Inline;
  return new kind(data as DeclaredData);
}

/** True for a token or password that is given in another way than as a string. */
export const isByKind = (given: unknown) => kindOf(given) !== undefined;

function kindOf(given: unknown): Kind | undefined {
  if (!isObject(given)) return undefined;
  return KINDS.findLast(({ keys }) => keys.filter((key) => Object.hasOwn(given, key)).length === 1);
}

/** The problem of `data` whose token or password is given in several ways at once; undefined if it is given in one. */
export function problemOfWays(data: unknown): string | undefined {
  const keys = KINDS.flatMap(({ keys }) => keys);
  return isObject(data) ? problemOfSeveral(givenIn(data), keys, `data.${String(data["type"])}`) : undefined;
}

/** The ways to give a token or password, for a message. */
export function waysToGive(): string {
  const ways = ["a string", ...KINDS.flatMap(({ examples }) => examples)];
  return `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
}
