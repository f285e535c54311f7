import { isObject, sameJson } from "../json";
import type { Call } from "../pulumi-values";
import { isFingerprintOf } from "./fingerprint";
import type { ValueReader } from "./reader";
import type { DeclaredData, SecretData, ValueSource } from "./types";

export interface SendTools {
  reader: ValueReader;
  /** The initial values of the run, or their sources. The result of `check` is stored in the state, so it has only their keys. */
  initialValues: Map<string, string | ValueSource>;
  /** Keeps a value out of all errors until the end of the call. */
  hide: (value: string) => void;
}

export interface CheckContext extends Omit<SendTools, "hide">, Call {
  /** True if an existing secret is adopted. */
  isAdopted: boolean;
  /** The ways to give a value, for a message. */
  ways: string;
}

export interface CheckedValue {
  /** `data` as the inputs have it. */
  data: unknown;
  /** The token or password itself, if it is known here. It is compared with other arguments, and not stored. */
  text?: string;
  /** The fingerprint of the value, if the inputs leave its hash out. Each call returns the same one. */
  fingerprint?: () => Promise<string>;
  /** What is wrong. No problem shows a value. */
  problems?: string[];
}

/** What an update or an adoption sends, and what the state has after that. */
interface ValueUpdate {
  /** `data` with the token or password itself; absent if Keycard keeps the one that it has. */
  data?: SecretData;
  kept: DeclaredData;
}

/** A value to send, and what the state has after that. */
export interface ValueToSend extends Required<ValueUpdate> {
  /** What the state has of a create without an answer, to find its secret later. */
  unconfirmed: DeclaredData;
}

export interface ExistingValue {
  type: SecretData["type"];
  updatedAt: string;
  data?: SecretData;
}

/**
 * The effect of a declaration on a value: none, another state without a request, a value that is sent unless Keycard has it,
 * or a value that is too old.
 */
export type ValueChange = "none" | "state" | "value" | "rotation";

/**
 * The `data` of a secret, as a program declares it or as a state has it. Each way to give a token or password is a class,
 * which answers every question about it.
 */
export abstract class Value {
  /** True if the value belongs to others, so that it must not be read. */
  readonly isNeverRead: boolean = false;
  /** The type of the secret. It is not validated. */
  readonly type: unknown;
  /** The key of the token or password, which is named like the type; empty for another type. */
  protected readonly field: string;
  /** The token or password, as `data` has it. */
  protected readonly given: unknown;

  /** @param data - not validated */
  constructor(readonly data: DeclaredData) {
    const { type } = (data as DeclaredData | undefined) ?? {};
    this.type = type;
    this.field = fieldOf(type);
    this.given = givenIn(data);
  }

  /** Finds what is wrong with a declared value, and what the inputs have of it. @param held - the value in the state */
  abstract check(held: Value, context: CheckContext): Promise<CheckedValue>;

  /**
   * Returns the value to send.
   *
   * @throws if a source cannot be read, or if only the state could have the value and does not have it
   */
  abstract toSend(tools: SendTools): Promise<ValueToSend>;

  /** What the state has of a value that was read. @param held - the value in the state before */
  abstract keptAfterRead(found: SecretData, held: Value): Promise<DeclaredData>;

  /** Keeps a token or password that is given as a string out of all errors. */
  hide(reader: ValueReader): void {
    if (typeof this.given === "string") reader.hide(this.given);
  }

  /** What an announced import tells the plugin about the value; undefined if the state will have the value itself. */
  forImport(): unknown {
    return this.data;
  }

  /** Prints a line, in a preview of the plugin, about a value that `pulumi up` will need and that cannot be read here. */
  noteIfUnreadable(_reader: ValueReader, _isNew: boolean, _user: string): Promise<void> {
    return Promise.resolve();
  }

  /** Compares a declared value with the one in the state. @param mayExpire - whether the age of the value matters */
  changeFrom(held: Value, _mayExpire = false): ValueChange {
    return sameJson(held.data, this.data) ? "none" : "value";
  }

  /** Why a new value is generated instead of the one in the state, to follow "because"; undefined if none is. */
  renewedBecause(_held: Value): string | undefined {
    return undefined;
  }

  /** Both `data`, in forms whose differences have the paths of the declaration. */
  shownBeside(held: Value): [before: unknown, now: unknown] {
    return [held.data, this.data];
  }

  /** `data` without what only the state has. */
  get declaration(): DeclaredData {
    return this.data;
  }

  async update(held: Value, tools: SendTools): Promise<ValueUpdate> {
    const change = this.changeFrom(held, true);
    const sent = change === "none" || change === "state" ? undefined : await this.toSend(tools);
    return !sent || (await held.matches(sent.data)) ? { kept: this.keptUnsent(held) } : sent;
  }

  async adopt(existing: ExistingValue, tools: SendTools): Promise<ValueUpdate> {
    const kept = await this.keptOnAdoption(existing);
    if (kept) return { kept };
    const sent = await this.toSend(tools);
    return sameJson(existing.data, sent.data) ? { kept: sent.kept } : sent;
  }

  /** True if the value may have changed in Keycard and was not read. */
  get isUnread(): boolean {
    return isObject(this.given) && "unreadVersion" in this.given;
  }

  /** The texts in `data` that no error may show. */
  get texts(): string[] {
    return Object.entries(this.data ?? {}).flatMap(([name, text]: [string, unknown]) =>
      name !== "type" && typeof text === "string" ? [text] : [],
    );
  }

  /** True if, according to the state, Keycard has this data already. */
  async matches(data: SecretData): Promise<boolean> {
    return sameJson(this.others, othersIn(data)) && this.matchesText(data);
  }

  /** True if, according to the state, Keycard has this token or password already, with any user name. */
  async matchesText(data: SecretData): Promise<boolean> {
    return this.type === data.type && !this.isUnread && this.isText(givenIn(data));
  }

  /** True if a state that was read after a PATCH shows that the sent value has arrived. */
  confirms(sent: SecretData): Promise<boolean> {
    return this.matchesText(sent);
  }

  /** What the state has of an adopted secret that keeps its value; undefined if the declared one must be compared and sent. */
  keptOnAdoption(_existing: ExistingValue): Promise<DeclaredData | undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * What the state has after a listing, which shows no value.
   *
   * @param held - the value in the state before, if the listing shows that it has not changed
   */
  keptAfterListing(
    row: { type: SecretData["type"]; version: number },
    held: Value | undefined,
  ): DeclaredData {
    return held?.data ?? this.keptUnread(row);
  }

  /** What the state has if an update does not send the value. */
  keptUnsent(_held: Value): DeclaredData {
    return this.data;
  }

  /**
   * What the state has after an update that sent this value and got no answer.
   *
   * @param held - the value in the state before, and its version
   */
  keptUncertain(held: Value, _version: number): DeclaredData {
    return held.data;
  }

  /** What the state has of a value that may have changed and must not be read. */
  protected keptUnread({ type, version }: { type: SecretData["type"]; version: number }): DeclaredData {
    return this.ofType(type, { ...(isObject(this.given) && this.given), unreadVersion: version });
  }

  /** True if the state may have this text, even if it is not certain. */
  protected async isText(text: unknown): Promise<boolean> {
    const { fingerprint } = (this.given ?? {}) as { fingerprint?: string };
    return fingerprint !== undefined && typeof text === "string" && isFingerprintOf(fingerprint, text);
  }

  protected with(given: unknown): DeclaredData {
    return withGiven(this.data, given);
  }

  /** `data` of a type, with the declared user name. */
  protected ofType(type: SecretData["type"], given: unknown): DeclaredData {
    const username = this.data?.type === "password" ? this.data.username : "";
    return withGiven(type === "token" ? { type } : { type, username }, given);
  }

  protected get others(): object {
    return othersIn(this.data);
  }

  /** The place of the token or password, as in `data.token`. */
  protected get path(): string {
    return `data.${this.field}`;
  }
}

const fieldOf = (type: unknown) => (type === "token" || type === "password" ? type : "");

/** The token or password in `data`. */
export function givenIn(data: unknown): unknown {
  if (!isObject(data)) return undefined;
  return data[fieldOf(data["type"])];
}

/** The problem of a token or password that is given in several ways at once; undefined if it is given in one. */
export function problemOfSeveral(given: unknown, keys: readonly string[], path: string): string | undefined {
  const several = keys.filter((key) => isObject(given) && Object.hasOwn(given, key));
  if (several.length < 2) return undefined;
  return `\`${path}\` has ${several.map((key) => `\`${key}\``).join(" and ")}: keep one of them`;
}

/** `data` with another token or password. */
export function withGiven(data: object, given: unknown): DeclaredData {
  return { ...data, [fieldOf((data as { type?: unknown }).type)]: given } as unknown as DeclaredData;
}

/** `data` without the token or password. */
export function othersIn(data: unknown): object {
  const field = fieldOf(isObject(data) ? data["type"] : undefined);
  return Object.fromEntries(Object.entries(data ?? {}).filter(([name]) => name !== field));
}
