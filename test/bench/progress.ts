import { changedOf } from "./contenders/declared";
import type { Operation } from "./operations";
import type { Measurement } from "./results";

/** A step to report. */
export type Piece = Pick<Measurement, "operation" | "secrets" | "contender">;

/**
 * Estimates the seconds of a step. The file backend writes the whole state at each change, so the time grows with the square
 * of the number of secrets, and with their size in the state.
 */
function weight({ operation, secrets, contender }: Piece): number {
  return (
    2 + secrets / 100 + (secretsWritten(operation, secrets) / 4500) * (contender === "conventional" ? 4.5 : 1)
  );
}

/** The number of secrets written to the state file, counting each write. */
function secretsWritten(operation: Operation, secrets: number): number {
  if (operation === "update") return changedOf(secrets) * secrets;
  return operation === "create" || operation === "destroy" ? secrets ** 2 / 2 : 0;
}

/** Prints on stderr what was done, and how long the rest will take. */
export class Progress {
  private readonly begun = performance.now();
  private readonly all: number;
  private done = 0;

  /** @param plan - all steps */
  constructor(plan: Piece[]) {
    this.all = plan.reduce((sum, piece) => sum + weight(piece), 0);
  }

  /** Reports a finished step. */
  tell(what: string, piece: Piece): void {
    this.done += weight(piece);
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
