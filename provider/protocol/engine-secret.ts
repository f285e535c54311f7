/** The key of each object that means something to the engine: a secret, an asset, an archive or a resource. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** What stands under that key for a secret. */
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** A copy of arguments or of a state in which the engine takes `data` for a secret, whatever marked it before. */
export function withSecretData<T extends object>(props: T): T {
  const { data } = props as { data?: unknown };
  if (data === undefined) return props;
  return { ...props, data: { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: data } };
}
