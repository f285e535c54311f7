import { isUnread, valueIn, withValue } from "./data-value";
import { anyRecipe, fingerprintOf } from "./fingerprint";
import { generate } from "./generate";
import { stateMatches } from "./held-value";
import type { InitialValues } from "./initial-values";
import { isGenerated, isInitial } from "./kept-value";
import { isRotationDue, keepsGenerated } from "./same-data";
import type { DeclaredData, SecretData } from "./secret-data";
import type { ValueReader } from "./value-reader";
import { isWatchedSource, sourceOf } from "./value-source-schema";

/** Where the values of one call come from. */
export interface ValueOrigins {
  reader: ValueReader;
  initialValues: InitialValues;
  /** Keeps a value that lives as long as the call out of every error. */
  hide: (value: string) => void;
}

/** A value on its way to Keycard. */
export interface ValueToSend {
  /** The value itself. */
  data: SecretData;
  /** What the state has once it was sent. */
  kept: DeclaredData;
  /** What the state has as long as nobody knows whether it has arrived, to recognize it by. */
  unconfirmed: DeclaredData;
}

/**
 * The value that a declaration stands for; a generated one is another each time.
 *
 * @throws if a source cannot be read, and if the state alone should have the value and has not
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
        "take `data` out of the option `ignoreChanges`.",
    );
  }
  const data = isWatchedSource(value)
    ? dataWith(await origins.reader.read(sourceOf(value)))
    : (declared as SecretData);
  return { data, kept: declared, unconfirmed: declared };
}

/**
 * The value that an update has to send.
 *
 * @param olds - what the state has
 * @returns undefined if Keycard has it already, or if it is not for us to send
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
      "The initial value of the secret has to be sent, and the program does not give it: " +
        "take `data` out of the option `ignoreChanges`, or write initialValue with the value.",
    );
  }
  return typeof value === "string" ? value : reader.read(value);
}
