import { InvalidArgumentError } from "commander";

/**
 * Ends the process quietly when its output is closed, as after `| head`. Node.js ignores the signal that ends other
 * programs then, and would print a stack trace.
 */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}

/** Parses an option that may be given once. It must not be empty, as an unset variable of a shell is. */
export function once(value: string, before: string | undefined): string {
  if (before !== undefined) throw new InvalidArgumentError("It can be given only once.");
  return filled(value);
}

/** Parses one value of an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): string[] {
  return [...before, filled(value)];
}

function filled(value: string): string {
  if (value.trim() === "")
    throw new InvalidArgumentError("It is empty. Check that the shell variable is set.");
  return value;
}
