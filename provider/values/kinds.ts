import { isObject, sameJson } from "../json";
import { holdsUnknown, nameIn } from "../pulumi-values";
import { Generated } from "./generated";
import { Initial } from "./initial";
import { Source } from "./source";
import type { DeclaredData, SecretData } from "./types";
import {
  type CheckContext,
  type CheckedValue,
  type ValueToSend,
  Value,
  givenIn,
  problemOfSeveral,
} from "./value";

/** A token or password that the program gives as a string. Only such a value is in the state itself. */
export class Inline extends Value {
  override check(held: Value, context: CheckContext): Promise<CheckedValue> {
    const { data, given } = this;
    const text = typeof given === "string" && { text: given };
    return Promise.resolve({ data, ...text, problems: this.problems(held, context) });
  }

  override toSend(): Promise<ValueToSend> {
    const { data } = this;
    if (!this.isUnread) return Promise.resolve({ data: data as SecretData, kept: data, unconfirmed: data });
    throw new Error(
      "The value of the secret was changed in Keycard and never read, so it cannot be sent: " +
        "remove `data` from the option `ignoreChanges`.",
    );
  }

  override keptAfterRead(found: SecretData): Promise<DeclaredData> {
    return Promise.resolve(found);
  }

  override forImport(): undefined {
    return undefined;
  }

  protected override isText(text: unknown): Promise<boolean> {
    return Promise.resolve(typeof text === "string" && this.given === text);
  }

  private problems(held: Value, { ways, reader, urn, ignoresData }: CheckContext): string[] {
    const { given, path } = this;
    if (this.field === "" || (given !== undefined && holdsUnknown(given))) return [];
    if (given === undefined) {
      return [
        `\`${path}\` is missing: set it to ${ways}. If it comes from \`process.env\`, the variable is not set`,
      ];
    }
    if (given === "")
      return [`\`${path}\` is empty: set it to the value, or to a reference such as fromEnv("NAME")`];
    // By the option `ignoreChanges`, the engine puts the value in the state into the arguments.
    const isHeld = sameJson(held.data, this.data);
    if (typeof given === "string" && !(isHeld && ignoresData)) {
      const problem = reader.problemOf(given, path, nameIn(urn));
      return problem === undefined ? [] : [problem];
    }
    if (typeof given === "string" || (this.isUnread && isHeld)) return [];
    if (!this.isUnread || !held.isUnread) return [`\`${path}\` must be ${ways}`];
    return [
      `\`${path}\` was changed in Keycard and never read, but a change of another part of \`data\` must send it too: ` +
        `remove \`${path}\` from the option \`ignoreChanges\`, or set \`readValues\` to true and run \`pulumi refresh\``,
    ];
  }
}

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

/** Understands `data`, as a program declares it or as a state has it. @param data - not validated */
export function valueOf(data: unknown): Value {
  const given = givenIn(data);
  const kind: Kind | typeof Inline = kindOf(given) ?? Inline;
  return new kind(data as DeclaredData);
}

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

export function waysToGive(): string {
  const ways = ["a string", ...KINDS.flatMap(({ examples }) => examples)];
  return `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
}
