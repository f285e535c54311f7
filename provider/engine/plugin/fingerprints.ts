import { isSource } from "../../values/source";
import { isWhole, recipeFor, recipeOf } from "../../values/fingerprint";
import type { WatchedSource } from "../../values/types";
import { givenIn, withGiven } from "../../values/value";

/**
 * Keeps fingerprints out of the inputs of a secret. A saved plan has the inputs, and `check` does not know whether it is called by a
 * preview (CLI 3.274), in which a value may not be readable. So the inputs have only how the fingerprint is computed, which is the same
 * in every run. The state has the fingerprint.
 */
export class Fingerprints {
  /** By URN: that of the value as it was read, or that in the state before a refresh. */
  private readonly known = new Map<string, string>();

  /**
   * Takes the fingerprint out of what `check` has found.
   *
   * @param held - `data` in the inputs before
   */
  withhold(urn: string, data: unknown, held: unknown): unknown {
    this.remember(urn, data);
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
    if (isWhole(fingerprint)) this.known.set(urn, fingerprint);
    else this.known.delete(urn);
  }

  /** Puts the fingerprint into inputs. They stay as they are if the value could not be read. */
  restore<T extends { data?: unknown }>(urn: string, inputs: T): T {
    const { data } = inputs;
    const [given, fingerprint] = [givenIn(data), this.known.get(urn)];
    if (!isSource(given) || fingerprint === undefined || isWhole(fingerprintIn(data))) return inputs;
    if (recipeOf(fingerprintIn(data)) !== recipeOf(fingerprint)) return inputs;
    return { ...inputs, data: withGiven(data as object, { ...given, fingerprint }) };
  }
}

function fingerprintIn(data: unknown): string | undefined {
  const { fingerprint } = (givenIn(data) ?? {}) as { fingerprint?: unknown };
  return typeof fingerprint === "string" ? fingerprint : undefined;
}
