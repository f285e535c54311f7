/**
 * Builds the error of a mistake in the program. Its stack begins at the user's line.
 *
 * @param called - our function that the user called
 */
export function mistake(message: string, called: NewableFunction | CallableFunction): Error {
  const error = new Error(message);
  Error.captureStackTrace(error, called);
  return error;
}

/** Describes the type of a value, as in "a number", without showing it. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (isOutput(value)) return "an output";
  if (isPromise(value)) return "a promise";
  if (value === "") return "an empty string";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** True for an output of any copy of Pulumi's SDK. */
export function isOutput(value: unknown): boolean {
  return (value as { __pulumiOutput?: unknown } | null | undefined)?.__pulumiOutput === true;
}

export function isPromise(value: unknown): boolean {
  return !isOutput(value) && typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** True for an object that is not a list, an output or a promise. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !isOutput(value) &&
    !isPromise(value)
  );
}
