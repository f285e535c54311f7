import { isObject, jsonCopy, mayBeFormOf, presentKeys, sameJson, toSentForm } from "../json";
import type { Patched } from "../keycard/patch";
import type { Secret } from "../keycard/wire";
import { UNKNOWN_VALUE } from "../pulumi-values";
import type { DeclaredData, SecretData } from "../values/types";
import {
  type Metadata,
  type SecretInputs,
  ARGUMENTS,
  CLEARABLE,
  UNENCRYPTED,
  clearedValue,
  withoutCleared,
} from "./fields";

/** What Keycard computes. */
interface Computed {
  type: SecretData["type"];
  /** Counts from 1. Keycard increments it with each new value. Whether other changes increment it is not documented. */
  version: number;
  /** RFC 3339, by Keycard's clock. */
  createdAt: string;
  /** RFC 3339, by Keycard's clock; {@link UNCERTAIN} after an update with an unknown result. */
  updatedAt: string;
}

/**
 * The state of a secret as the engine stores it: its arguments as Keycard stores them, and what Keycard computed. Pulumi does
 * not show keys that begin with `__`, and only this file knows them.
 */
export interface SecretState extends SecretInputs, Computed {
  /** Set for a secret that the stack only reads, with `Secret.get`. */
  __unmanaged?: true;
  /**
   * The declared form of the arguments that Keycard stores in another form. Marked as a secret, because metadata may be one.
   * `sentMetadata` is the metadata that was sent last, if somebody else has added keys since.
   */
  __asDeclared?: Declaration;
  /** Set after an update that was, or may have been, done in part: the engine then keeps the inputs from before it. */
  __isUnfinished?: true;
  /** The version at which the value was last read or written, if `version` has increased since. */
  __valueVersion?: number;
  /** When the value last changed, by Keycard's clock, if that is known and `updatedAt` has increased since. */
  __valueChangedAt?: string;
}

/** The properties that are always secrets: the value, and the copy of arguments that may be secret. */
export const SECRET_PROPERTIES: readonly string[] = ["data", "__asDeclared"] satisfies (keyof SecretState)[];

/** Replaces `updatedAt` after an update with an unknown result. The next update reads the secret first. */
export const UNCERTAIN = "unknown";

/** The arguments that Keycard may store in another form than was sent. */
type Described = Pick<SecretInputs, "description" | "metadata"> & { name?: string };

/** How these arguments are declared; empty for a secret that is only read. */
type Declaration = Described & { sentMetadata?: Metadata };

/** A secret as its state tells it. A state that was edited or imported by hand may lack anything. */
export interface Known extends Omit<SecretInputs, "adoptId">, Computed {
  /** The arguments as they are declared. Those beside it are as Keycard stores them. */
  declared: SecretInputs;
  /** The metadata that was sent last, if somebody else has added keys since. */
  sentMetadata?: Metadata;
  /** The version at which the value was last read or written. */
  valueVersion: number;
  /** When the value last changed, if that is known. */
  valueChangedAt: string | undefined;
  /** True for a secret that the stack only reads. */
  isUnmanaged: boolean;
  /** True if a read that finds no change would write this state. */
  isStable: boolean;
}

/** The same before the first read, which knows only the zone, and how the value is declared if it is imported. */
export type PartlyKnown = Partial<Known> & Pick<Known, "zoneId" | "declared" | "isUnmanaged">;

/** The keys of a stable state. Not `__isUnfinished`: the engine's inputs are then outdated, and would stay so. */
const STABLE_KEYS = new Set<string>([
  ...ARGUMENTS.filter((name) => name !== "adoptId"),
  ...["type", "version", "createdAt", "updatedAt", "__asDeclared", "__valueChangedAt"],
]);

const MARKS = [
  "__unmanaged",
  "__asDeclared",
  "__isUnfinished",
  "__valueVersion",
  "__valueChangedAt",
] as const satisfies (keyof SecretState)[];

export function decodeState(state: SecretState): Known;
export function decodeState(state: Partial<SecretState>): PartlyKnown;
export function decodeState(state: Partial<SecretState>): object {
  const stored = { ...state };
  for (const mark of MARKS) delete stored[mark];
  const { sentMetadata, ...declared } = state.__asDeclared ?? {};
  const changedAt = state.__valueChangedAt ?? state.updatedAt ?? "";
  return {
    ...stored,
    declared: { ...stored, ...declared },
    ...(sentMetadata && { sentMetadata }),
    valueVersion: state.__valueVersion ?? state.version,
    valueChangedAt: Number.isNaN(Date.parse(changedAt)) ? undefined : changedAt,
    isUnmanaged: state.__unmanaged === true,
    isStable: Object.keys(state).every((key) => STABLE_KEYS.has(key)),
  };
}

/** Writes a state as plain JSON: the engine would reject anything else after the call. */
export function encodeState(known: Known, { isUnfinished = false } = {}): SecretState {
  const { description, metadata, maxAgeDays, version, updatedAt, valueVersion, valueChangedAt } = known;
  const asDeclared = declarationToStore(known);
  // Without `adoptId`, because the engine (CLI 3.274) keeps old outputs if the argument is removed.
  const state: SecretState = {
    zoneId: known.zoneId,
    entityId: known.entityId,
    name: known.name,
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    data: known.data,
    ...(maxAgeDays !== undefined && { maxAgeDays }),
    type: known.type,
    version,
    createdAt: known.createdAt,
    updatedAt,
    ...(asDeclared && { __asDeclared: asDeclared }),
    ...(valueVersion !== version && { __valueVersion: valueVersion }),
    ...(valueChangedAt !== undefined && valueChangedAt !== updatedAt && { __valueChangedAt: valueChangedAt }),
    ...(isUnfinished && { __isUnfinished: true }),
  };
  return jsonCopy(state);
}

/** The result of a read. It has inputs only if the stack manages the secret. @param now - what the read found */
export function readResult(
  now: Known,
  known: PartlyKnown,
): { props: SecretState; inputs?: Partial<SecretInputs>; isUnmanaged?: boolean } {
  const props = encodeState(now);
  const isManaged = known.data !== undefined && !known.isUnmanaged;
  return isManaged ? { props, inputs: inputsOf(props) } : { props, isUnmanaged: true };
}

export function asUnmanaged(state: object): object {
  return { ...state, __unmanaged: true } satisfies Pick<SecretState, "__unmanaged">;
}

/** Copies the part of a state that was, or could have been, declared. */
function inputsOf(state: SecretState): Partial<SecretInputs> {
  const { declared } = decodeState(state);
  return jsonCopy(withoutCleared(Object.fromEntries(ARGUMENTS.map((name) => [name, declared[name]]))));
}

/** What of the declaration a state must store; undefined if Keycard stores the same form. */
function declarationToStore({ declared, sentMetadata, ...stored }: Known): Declaration | undefined {
  // A secret that is only read has no declaration.
  if ((declared.name as unknown) === undefined) return undefined;
  const differing = UNENCRYPTED.filter((name) => !sameJson(valueOf(declared, name), valueOf(stored, name)));
  const entries = differing.map((name): [string, unknown] => [name, valueOf(declared, name)]);
  if (sentMetadata) entries.push(["sentMetadata", sentMetadata]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** What is known about a value that was not written or read just now. */
export interface KnownValue {
  version?: number | undefined;
  changedAt?: string | undefined;
}

/** What is known about a secret after a call. */
export function knownAfter(
  {
    zoneId,
    maxAgeDays,
    name,
    description,
    metadata,
    sentMetadata,
  }: Declaration & Pick<SecretInputs, "zoneId" | "maxAgeDays">,
  secret: Omit<Secret, "id" | "zoneId">,
  data: DeclaredData,
  value: KnownValue = {},
): Known {
  const { entityId, type, version, createdAt, updatedAt } = secret;
  const common = { zoneId, entityId, data, ...(maxAgeDays !== undefined && { maxAgeDays }) };
  return {
    ...common,
    name: secret.name,
    ...(secret.description !== undefined && { description: secret.description }),
    ...(secret.metadata !== undefined && { metadata: secret.metadata }),
    ...{ type, version, createdAt, updatedAt },
    declared: { ...common, name, description, metadata } as SecretInputs,
    ...(sentMetadata && { sentMetadata }),
    valueVersion: value.version ?? version,
    valueChangedAt: value.changedAt ?? updatedAt,
    isUnmanaged: name === undefined,
    isStable: true,
  };
}

const valueOf = (args: object, name: keyof SecretInputs) =>
  (args as Record<string, unknown>)[name] ?? clearedValue(name) ?? "";

/** The metadata that was sent last. Keycard may have more keys, which were added outside Pulumi. */
export function sentMetadataOf({
  sentMetadata,
  declared,
}: Pick<Known, "sentMetadata" | "declared">): Metadata {
  return sentMetadata ?? declared.metadata ?? {};
}

/**
 * How a secret is declared after it was read. What the service normalises or adds by itself is not a change; an edit outside
 * Pulumi is one.
 *
 * @param sent - the body of a PATCH that got no answer, which may have succeeded
 */
export function declarationAfterRead(
  known: PartlyKnown,
  now: Described & Pick<Known, "version" | "updatedAt">,
  sent: object = {},
): Declaration {
  if (known.name === undefined || known.isUnmanaged) return {};
  // Without a write since then, only the service can have changed the form.
  const isUntouched =
    known.version === undefined || (known.version === now.version && known.updatedAt === now.updatedAt);
  const declaration = declarationOf((name) => {
    const [value, before, wanted] = [valueOf(now, name), valueOf(known, name), valueOf(known.declared, name)];
    if (name in sent && !sameJson(value, before) && mayBeFormOf(value, valueOf(sent, name))) {
      return valueOf(sent, name);
    }
    return isUntouched && mayBeFormOf(value, wanted) ? wanted : toSentForm(value, before, wanted);
  });
  const sentMetadata = sentMetadataOf(known);
  return hasNewKey(declaration.metadata, sentMetadata) ? { ...declaration, sentMetadata } : declaration;
}

/**
 * How a secret is declared after a PATCH: sent fields as they were sent, all others as before. The service itself added the
 * keys that are new in the answer.
 */
export function declarationAfterPatch(
  known: Known,
  now: Described,
  sent: object,
  news: Described,
): Declaration {
  return declarationOf((name) =>
    name in sent
      ? valueOf(news, name)
      : toSentForm(valueOf(now, name), valueOf(known, name), valueOf(known.declared, name), true),
  );
}

/** Adds to the arguments what Keycard did not clear, so that the next update tries to clear it again. */
export function withKept<T extends Partial<SecretInputs>>(args: T, { kept, secret }: Patched): T {
  const members = Object.entries(secret.metadata ?? {}).filter(([key]) => kept.includes(`metadata.${key}`));
  const fields = CLEARABLE.filter((name) => kept.includes(name));
  return {
    ...args,
    ...Object.fromEntries(fields.map((name) => [name, secret[name as keyof typeof secret]])),
    ...(members.length > 0 && { metadata: { ...args.metadata, ...Object.fromEntries(members) } }),
  };
}

function declarationOf(value: (name: keyof SecretInputs) => unknown): Declaration {
  return Object.fromEntries(UNENCRYPTED.map((name) => [name, value(name)]));
}

function hasNewKey(now: unknown, sent: unknown): boolean {
  if (!isObject(now) || !isObject(sent)) return false;
  return presentKeys(now).some((key) => !Object.hasOwn(sent, key) || hasNewKey(now[key], sent[key]));
}

const PLACES = ["zoneId", "entityId"] as const;

/** The parts of a secret's place that its state lacks, because it was edited or imported by hand. */
export function missingPlaces(known: Partial<Known>): (typeof PLACES)[number][] {
  return PLACES.filter((name) => typeof known[name] !== "string" || known[name] === "");
}

/** The error of a call that needs the zone of a secret if the state lacks it. */
export function zoneUnknown(action: string, id: string): Error {
  return new Error(
    `Could not ${action} the secret ${id}: its zone is not in the state. Run \`pulumi up\` with the secret in the ` +
      "program, which completes the state. If the secret no longer exists in Keycard, run `pulumi state delete` instead.",
  );
}

/** The state as a preview knows it: what Keycard computes is unknown. */
export type PlannedState = SecretInputs & Record<"type" | "version" | "createdAt" | "updatedAt", unknown>;

/**
 * Returns what a preview knows about the state after a create or an update.
 *
 * @param olds - the state before an update
 */
export function plannedState(news: SecretInputs, olds?: Pick<SecretState, "createdAt">): PlannedState {
  // The whole of `data` may be unknown.
  const { type = UNKNOWN_VALUE } = news.data as { type?: string };
  return {
    ...news,
    type,
    version: UNKNOWN_VALUE,
    createdAt: olds?.createdAt ?? UNKNOWN_VALUE,
    updatedAt: UNKNOWN_VALUE,
  };
}

const DAY_MS = 86_400_000;

/** Checks the age of a value, using only its state. @returns the warning; undefined if the value is young enough */
export function warningOfAge(
  { valueChangedAt }: Known,
  maxAgeDays: number | undefined,
  name: string,
): string | undefined {
  if (maxAgeDays === undefined || valueChangedAt === undefined) return undefined;
  const ageDays = (Date.now() - Date.parse(valueChangedAt)) / DAY_MS;
  if (!(ageDays > maxAgeDays)) return undefined;
  return (
    `The value of ${name} is ${Math.floor(ageDays)} days old (maxAgeDays: ${maxAgeDays}). ` +
    "Set a new value, or raise `maxAgeDays`."
  );
}
