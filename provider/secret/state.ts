import { isObject, presentKeys, sameJson, jsonCopy } from "../json";
import { mayBeFormOf, toSentForm } from "../normalised";
import type { Metadata, SecretInputs, SecretState } from "./types";
import { clearedValue, UNENCRYPTED, ARGUMENTS, withoutCleared } from "./fields";
import type { Secret } from "../keycard";
import type { DeclaredData } from "../values/types";
import { UNKNOWN_VALUE } from "../pulumi-values";

/** The arguments that Keycard may store in another form than was sent. */
type Described = Pick<SecretInputs, "description" | "metadata"> & { name?: string };

/** The declared form of these arguments, if Keycard stores another one. */
type AsDeclared = NonNullable<SecretState["__asDeclared"]>;

/** The known declaration of a secret. */
type Form = Described & Pick<AsDeclared, "sentMetadata">;

type Known = Partial<SecretState>;

const valueOf = (args: object, name: keyof SecretInputs) =>
  (args as Record<string, unknown>)[name] ?? clearedValue(name) ?? "";

/** Returns the state with the arguments as they are declared, instead of the form that Keycard stores. */
export function declaredForm<T extends Known>(state: T): Readonly<T> {
  if (state.__asDeclared === undefined) return state;
  const declared = { ...state.__asDeclared };
  delete declared.sentMetadata;
  return { ...state, ...declared };
}

/** The metadata that was sent last. Keycard may have more keys, which were added outside Pulumi. */
export function sentMetadataOf(state: Known): Metadata {
  return state.__asDeclared?.sentMetadata ?? declaredForm(state).metadata ?? {};
}

/** The declared form that a state must record; undefined if Keycard stores the same form. */
export function asDeclared(form: Form, now: Described): AsDeclared | undefined {
  // A secret that is only read has no declaration.
  if (form.name === undefined) return undefined;
  const differing = UNENCRYPTED.filter((name) => !sameJson(valueOf(form, name), valueOf(now, name)));
  const entries = differing.map((name): [string, unknown] => [name, valueOf(form, name)]);
  if (form.sentMetadata) entries.push(["sentMetadata", form.sentMetadata]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/**
 * The declared form of a secret after it was read. What the service normalises or adds by itself is not a change; an edit
 * outside Pulumi is one.
 *
 * @param known - the state before
 * @param sent - the body of a PATCH that got no answer, which may have succeeded
 */
export function formAfterRead(
  known: Known,
  now: Described & Pick<SecretState, "version" | "updatedAt">,
  sent: object = {},
): Form {
  if (known.name === undefined || known.__unmanaged) return {};
  const declared = declaredForm(known);
  // Without a write since then, only the service can have changed the form.
  const isUntouched =
    known.version === undefined || (known.version === now.version && known.updatedAt === now.updatedAt);
  const form = formOf((name) => {
    const [value, before, wanted] = [valueOf(now, name), valueOf(known, name), valueOf(declared, name)];
    if (name in sent && !sameJson(value, before) && mayBeFormOf(value, valueOf(sent, name))) {
      return valueOf(sent, name);
    }
    return isUntouched && mayBeFormOf(value, wanted) ? wanted : toSentForm(value, before, wanted);
  });
  const sentMetadata = sentMetadataOf(known);
  return hasNewKey(form.metadata, sentMetadata) ? { ...form, sentMetadata } : form;
}

/**
 * The declared form of a secret after a PATCH: sent fields as they were sent, all others as before. The service itself
 * added the keys that are new in the answer.
 */
export function formAfterPatch(known: Known, now: Described, sent: object, news: Described): Form {
  const declared = declaredForm(known);
  return formOf((name) =>
    name in sent
      ? valueOf(news, name)
      : toSentForm(valueOf(now, name), valueOf(known, name), valueOf(declared, name), true),
  );
}

function formOf(value: (name: keyof SecretInputs) => unknown): Form {
  return Object.fromEntries(UNENCRYPTED.map((name) => [name, value(name)]));
}

function hasNewKey(now: unknown, sent: unknown): boolean {
  if (!isObject(now) || !isObject(sent)) return false;
  return presentKeys(now).some((key) => !Object.hasOwn(sent, key) || hasNewKey(now[key], sent[key]));
}

/** Returns arguments or a state without the loader text, which the SDK itself adds to every result. */
export function withoutLoader<T extends object>(props: T & { __provider?: string }): T {
  const own = { ...props };
  delete own.__provider;
  return own;
}

/** What is known about a value that was not written or read just now. */
export interface KnownValue {
  /** The version at which the value is known. */
  version?: number | undefined;
  /** When the value last changed. */
  changedAt?: string | undefined;
}

/**
 * The state of a secret as Keycard has it, as plain JSON: the engine would reject anything else after the call. It does
 * not contain `adoptId`, because the engine keeps old outputs if the argument is removed.
 *
 * @param args - the declaration
 * @param known - what is known about the value
 */
export function stateOf(
  args: Form & Pick<SecretInputs, "zoneId" | "maxAgeDays">,
  secret: Omit<Secret, "id" | "zoneId">,
  data: DeclaredData,
  { version = secret.version, changedAt = secret.updatedAt }: KnownValue = {},
): SecretState {
  const declared = asDeclared(args, secret);
  const state: SecretState = {
    zoneId: args.zoneId,
    entityId: secret.entityId,
    name: secret.name,
    ...(secret.description !== undefined && { description: secret.description }),
    ...(secret.metadata !== undefined && { metadata: secret.metadata }),
    data,
    ...(args.maxAgeDays !== undefined && { maxAgeDays: args.maxAgeDays }),
    type: secret.type,
    version: secret.version,
    createdAt: secret.createdAt,
    updatedAt: secret.updatedAt,
    ...(declared && { __asDeclared: declared }),
    ...(version !== secret.version && { __valueVersion: version }),
    ...(changedAt !== secret.updatedAt && { __valueChangedAt: changedAt }),
  };
  return jsonCopy(state);
}

/** Copies the part of a state that was, or could have been, declared. */
function inputsOf(state: SecretState): Partial<SecretInputs> {
  const declared = declaredForm(state);
  return jsonCopy(withoutCleared(Object.fromEntries(ARGUMENTS.map((name) => [name, declared[name]]))));
}

/**
 * The result of a read. It contains inputs only if the stack manages the secret, because the engine would store the value of
 * any other secret in them in plain text. Nor does it if nothing has changed: the engine keeps those that it has, and
 * to copy and send them again is a tenth of the time of a refresh.
 *
 * @param known - the state before, which has only the zone at the first read
 */
export function readResult(
  state: SecretState,
  known: Partial<SecretState>,
): { props: SecretState; inputs?: Partial<SecretInputs> } {
  if (state === known) return { props: withoutLoader(state) };
  const isManaged = known.data !== undefined && !known.__unmanaged;
  return isManaged ? { props: state, inputs: inputsOf(state) } : { props: { ...state, __unmanaged: true } };
}

const PLACES = ["zoneId", "entityId"] as const;

/** The parts of a secret's place that its state lacks, because it was edited or imported by hand. */
export function missingPlaces(state: Partial<SecretState>): (typeof PLACES)[number][] {
  return PLACES.filter((name) => typeof state[name] !== "string" || state[name] === "");
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
export function plannedState(news: SecretInputs, olds?: SecretState): PlannedState {
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

/** When the value last changed, according to the state; undefined if the state does not have that time. */
export function valueChangedAt(state: Partial<SecretState>): string | undefined {
  const time = state.__valueChangedAt ?? state.updatedAt ?? "";
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}

/**
 * Checks the age of a value, using only its state.
 *
 * @param name - the name of the secret in the warning
 * @returns the warning; undefined if the value is young enough
 */
export function warningOfAge(
  state: SecretState,
  maxAgeDays: number | undefined,
  name: string,
): string | undefined {
  const since = valueChangedAt(state);
  if (maxAgeDays === undefined || since === undefined) return undefined;
  const ageDays = (Date.now() - Date.parse(since)) / DAY_MS;
  if (!(ageDays > maxAgeDays)) return undefined;
  return (
    `The value of ${name} is ${Math.floor(ageDays)} days old (maxAgeDays: ${maxAgeDays}). ` +
    "Set a new value, or raise `maxAgeDays`."
  );
}
