import type { Operation } from "./operations";

/**
 * How long one operation takes, in an unknown unit: the file backend writes the whole state after each step that
 * changes something, so that those grow with the square of the number of secrets.
 */
function weight(operation: Operation, secrets: number): number {
  const steps = ["create", "update", "destroy"].includes(operation) ? secrets : 0;
  return 3 + secrets / 200 + steps / 60 + steps ** 2 / 20_000;
}

/** Says on stderr what was done, and how long the rest will take. */
export class Progress {
  private readonly begun = performance.now();
  private readonly all: number;
  private done = 0;

  /** @param plan - all that is going to be measured */
  constructor(plan: { operation: Operation; secrets: number }[]) {
    this.all = plan.reduce((sum, { operation, secrets }) => sum + weight(operation, secrets), 0);
  }

  /** Tells of one that is done. */
  tell(what: string, { operation, secrets }: { operation: Operation; secrets: number }): void {
    this.done += weight(operation, secrets);
    const leftMs = ((performance.now() - this.begun) * (this.all - this.done)) / this.done;
    say(`${what}; about ${duration(leftMs / 1000)} left`);
  }
}

/** Prints a line on stderr. */
export function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
