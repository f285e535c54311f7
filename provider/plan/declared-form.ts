import { isObject, presentKeys, sameJson } from "../json";
import { mayBeFormOf, toSentForm } from "../normalised";
import type { Metadata, SecretInputs, SecretState } from "../secret-inputs";
import { clearedValue, UNENCRYPTED } from "./secret-changes";

/** The arguments that Keycard may store in another form than was sent. */
export type Described = Pick<SecretInputs, "description" | "metadata"> & { name?: string };

/** The declared form of these arguments, if Keycard stores another one. */
export type AsDeclared = NonNullable<SecretState["__asDeclared"]>;

/** The known declaration of a secret. */
export type Form = Described & Pick<AsDeclared, "sentMetadata">;

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
