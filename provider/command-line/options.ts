import { InvalidArgumentError } from "commander";

/** Takes a value that may be given once, and is not empty, as an unset variable of a shell is. */
export function once(value: string, before: string | undefined): string {
  if (before !== undefined) throw new InvalidArgumentError("Give it once.");
  return filled(value);
}

/** Takes one value more of an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): string[] {
  return [...before, filled(value)];
}

function filled(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("It is empty. Is the shell variable set?");
  return value;
}
