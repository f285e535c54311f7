/**
 * The engine's marker for a value that a preview does not know yet, at any depth. It equals `pulumi.runtime.unknownValue`,
 * and is copied here so that previews need not load the SDK.
 */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that is not known before `pulumi up`. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN_VALUE;
}

/** True for a value that has an unknown one in it, at any depth. */
export function holdsUnknown(value: unknown): boolean {
  return (JSON.stringify(value) ?? "").includes(UNKNOWN_VALUE);
}
