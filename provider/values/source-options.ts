/** Timers wait no longer. */
export const LONGEST_TIMEOUT_SECONDS = 2_147_483;

/** True for a valid time limit of a command, in seconds. */
export function isTimeoutSeconds(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= LONGEST_TIMEOUT_SECONDS;
}

/** True for a string that the system accepts as the name of a file, a variable or an argument. */
export function isPassable(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** True for the name of an environment variable. */
export function isVariable(value: unknown): value is string {
  return isPassable(value) && !value.includes("=");
}

/** True for a list of such names. */
export function isVariables(value: unknown): boolean {
  return Array.isArray(value) && value.every(isVariable);
}
