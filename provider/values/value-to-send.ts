import { isUnread, valueIn, withValue, isGenerated, isInitial, isRotationDue, keepsGenerated } from "./value";
import { anyRecipe, fingerprintOf } from "./fingerprint";
import { generate } from "./generated";
import { stateMatches } from "./held-value";
import type { InitialValues } from "./initial";
import type { DeclaredData, SecretData } from "./types";
import type { ValueReader } from "./reader";
import { isWatchedSource, sourceOf } from "./source-schema";

/** The sources of the values of one call. */
export interface ValueOrigins {
  reader: ValueReader;
  initialValues: InitialValues;
  /** Keeps a value out of all errors until the end of the call. */
  hide: (value: string) => void;
}

/** A value to send. */
export interface ValueToSend {
  /** The data with the value itself. */
  data: SecretData;
  /** Its form in the state after it was sent. */
  kept: DeclaredData;
  /** Its form in the state while the result is unknown, to recognize it later. */
  unconfirmed: DeclaredData;
}

/**
 * Resolves a declared value. A generated one is different each time.
 *
 * @throws if a source cannot be read, or if only the state could have the value and does not have it
 */
export async function valueToSend(declared: DeclaredData, origins: ValueOrigins): Promise<ValueToSend> {
  const [field, value] = valueIn(declared);
  const dataWith = (text: string) => withValue(declared, field, text) as SecretData;
  const keptWith = (kept: unknown) => withValue(declared, field, kept) as DeclaredData;
  if (isGenerated(value)) {
    const text = generate(value.generated);
    origins.hide(text);
    const { generated, since = new Date().toISOString() } = value;
    const kept = keptWith({ generated, since, fingerprint: await fingerprintOf(text, anyRecipe()) });
    return { data: dataWith(text), kept, unconfirmed: kept };
  }
  if (isInitial(value)) {
    const text = await firstValue(value.initialValue.given, origins);
    const { initialValue } = value;
    const fingerprint = await fingerprintOf(text, anyRecipe());
    return {
      data: dataWith(text),
      kept: keptWith({ initialValue }),
      unconfirmed: keptWith({ initialValue, fingerprint }),
    };
  }
  if (isUnread(value) && !isWatchedSource(value)) {
    throw new Error(
      "The value of the secret was changed in Keycard and never read, so it cannot be sent: " +
        "remove `data` from the option `ignoreChanges`.",
    );
  }
  const data = isWatchedSource(value)
    ? dataWith(await origins.reader.read(sourceOf(value)))
    : (declared as SecretData);
  return { data, kept: declared, unconfirmed: declared };
}

/**
 * Resolves the value that an update must send.
 *
 * @param olds - the state
 * @returns undefined if Keycard has it already, or if the program does not set it
 */
export async function changedValue(
  olds: DeclaredData,
  news: DeclaredData,
  origins: ValueOrigins,
): Promise<ValueToSend | undefined> {
  const [, now] = valueIn(news);
  if (isInitial(now)) return olds.type === news.type ? undefined : valueToSend(news, origins);
  if (isGenerated(now)) {
    return keepsGenerated(olds, news) && !isRotationDue(olds, news) ? undefined : valueToSend(news, origins);
  }
  const sent = await valueToSend(news, origins);
  return (await stateMatches(olds, sent.data)) ? undefined : sent;
}

async function firstValue(key: string, { reader, initialValues }: ValueOrigins): Promise<string> {
  const value = initialValues.find(key);
  if (value === undefined) {
    throw new Error(
      "The initial value of the secret must be sent, but the program does not have it: " +
        "remove `data` from the option `ignoreChanges`, or write initialValue with the value.",
    );
  }
  return typeof value === "string" ? value : reader.read(value);
}
