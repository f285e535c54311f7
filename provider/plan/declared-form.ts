import { isObject, presentKeys, sameJson } from "../json/same-json";
import { mayBeFormOf, toSentForm } from "../json/sent-form";
import type { Metadata, SecretInputs, SecretState } from "../secret-inputs";
import { clearedValue, UNENCRYPTED } from "./secret-changes";

/** The arguments that Keycard may keep in a form of its own. */
export type Described = Pick<SecretInputs, "description" | "metadata"> & { name?: string };

/** What is remembered of these arguments beside what Keycard keeps. */
export type AsDeclared = NonNullable<SecretState["__asDeclared"]>;

/** How a secret is declared, as far as it is known. */
export type Form = Described & Pick<AsDeclared, "sentMetadata">;

type Known = Partial<SecretState>;

const valueOf = (args: object, name: keyof SecretInputs) =>
  (args as Record<string, unknown>)[name] ?? clearedValue(name) ?? "";

/** A state with the arguments as they are declared, where Keycard keeps them in another form. */
export function declaredForm<T extends Known>(state: T): T {
  const declared = { ...state.__asDeclared };
  delete declared.sentMetadata;
  return { ...state, ...declared };
}

/** The metadata that was sent last, which is not what is there if somebody else has added keys. */
export function sentMetadataOf(state: Known): Metadata {
  return state.__asDeclared?.sentMetadata ?? declaredForm(state).metadata ?? {};
}

/** What a state has to remember of how a secret is declared, beside what Keycard keeps; undefined if that is the same. */
export function asDeclared(form: Form, now: Described): AsDeclared | undefined {
  // Of a secret that is only read, nothing is declared.
  if (form.name === undefined) return undefined;
  const differing = UNENCRYPTED.filter((name) => !sameJson(valueOf(form, name), valueOf(now, name)));
  const entries = differing.map((name): [string, unknown] => [name, valueOf(form, name)]);
  if (form.sentMetadata) entries.push(["sentMetadata", form.sentMetadata]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/**
 * How a secret is declared after it was read. Whatever the service normalises or adds by itself is no change of it; what
 * somebody else has changed is.
 *
 * @param known - the state before
 * @param sent - what a PATCH without an answer has sent, which may have had its effect
 */
export function formAfterRead(
  known: Known,
  now: Described & Pick<SecretState, "version" | "updatedAt">,
  sent: object = {},
): Form {
  if (known.name === undefined || known.__unmanaged) return {};
  const declared = declaredForm(known);
  // What nobody has written since, only the service can have put into another form.
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
 * How a secret is declared after a PATCH: as it was sent, and in all else as before. Keys that are new in the answer are the
 * service's own.
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
