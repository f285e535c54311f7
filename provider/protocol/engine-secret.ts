/** The key that marks an object with a special meaning for the engine: a secret, an asset, an archive or a resource. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** The value of that key for a secret. */
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** The properties that the engine does not mark by itself: the value, and a copy of arguments that may be secret. */
const SECRET_KEYS = ["data", "__asDeclared"];

/** Copies arguments or a state, with `data` marked as a secret for the engine. */
export function withSecretData<T extends object>(props: T): T {
  const marked = { ...props } as Record<string, unknown>;
  for (const key of SECRET_KEYS) {
    if (marked[key] !== undefined) marked[key] = { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: marked[key] };
  }
  return marked as T;
}
