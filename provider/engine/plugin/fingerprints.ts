import { isSource } from "../../values/source";
import { isWhole, recipeFor, recipeOf } from "../../values/fingerprint";
import { UNKNOWN_VALUE } from "../../pulumi-values";
import type { WatchedSource } from "../../values/types";
import { type CheckedValue, givenIn, withGiven } from "../../values/value";

/**
 * Keeps fingerprints out of the inputs of a secret. A saved plan has the inputs, and `check` does not know whether it is called by a
 * preview (CLI 3.274), in which a value may not be readable. So the inputs have only how the fingerprint is computed, which is the same
 * in every run. The state has the fingerprint, which is computed only for a call that compares or stores it: in a preview of new
 * secrets, none does.
 */
export class Fingerprints {
  /** By URN: that of the value as it was read, or that in the state before a refresh. */
  private readonly known = new Map<string, () => Promise<string>>();

  /**
   * Takes the fingerprint out of what `check` has found.
   *
   * @param held - `data` in the inputs before
   * @param fingerprint - that of the value that was read
   */
  withhold(urn: string, data: unknown, held: unknown, fingerprint?: CheckedValue["fingerprint"]): unknown {
    if (fingerprint) this.known.set(urn, fingerprint);
    else this.remember(urn, data);
    const [given, before] = [givenIn(data), givenIn(held)];
    if (!isSource(given)) return data;
    // As `check` chooses it.
    const recipe = (isSource(before) ? recipeOf(fingerprintIn(held)) : undefined) ?? recipeFor(urn);
    // Whether a read found another value is kept only as long as the value cannot be read.
    const inputs = { ...(given as WatchedSource), fingerprint: `${recipe}$` };
    delete inputs.foundOther;
    return withGiven(data as object, inputs);
  }

  /** Takes the fingerprint out of inputs that come from a state. */
  withoutHash(data: unknown): unknown {
    const [given, recipe] = [givenIn(data), recipeOf(fingerprintIn(data))];
    if (!isSource(given) || recipe === undefined) return data;
    return withGiven(data as object, { ...given, fingerprint: `${recipe}$` });
  }

  /** Remembers the fingerprint in a state that is about to be read, with which the engine then compares what was read. */
  remember(urn: string, data: unknown): void {
    const fingerprint = isSource(givenIn(data)) ? fingerprintIn(data) : undefined;
    if (isWhole(fingerprint)) this.known.set(urn, () => Promise.resolve(fingerprint));
    else this.known.delete(urn);
  }

  /** Puts the fingerprint into inputs. They stay as they are if the value could not be read. */
  async restore<T extends { data?: unknown }>(urn: string, inputs: T): Promise<T> {
    const { data } = inputs;
    const given = givenIn(data);
    if (!isSource(given) || isWhole(fingerprintIn(data))) return inputs;
    const fingerprint = await this.known.get(urn)?.();
    if (fingerprint === undefined) return inputs;
    if (recipeOf(fingerprintIn(data)) !== recipeOf(fingerprint)) return inputs;
    return { ...inputs, data: withGiven(data as object, { ...given, fingerprint }) };
  }
}

/** What a preview knows about a secret that will be created: its fingerprint is computed when it is. */
export function withUnknownHash<T extends { data?: unknown }>(planned: T): T {
  const { data } = planned;
  const given = givenIn(data);
  if (!isSource(given) || isWhole(fingerprintIn(data))) return planned;
  return { ...planned, data: withGiven(data as object, { ...given, fingerprint: UNKNOWN_VALUE }) };
}

function fingerprintIn(data: unknown): string | undefined {
  const { fingerprint } = (givenIn(data) ?? {}) as { fingerprint?: unknown };
  return typeof fingerprint === "string" ? fingerprint : undefined;
}
