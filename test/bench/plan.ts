import { CONTENDERS, type Contender } from "./build-contenders";
import { OPERATIONS, type Operation } from "./operations";

/** The conventional provider takes minutes for each operation of a larger stack, so it creates one once. */
const MOST_SECRETS_CONVENTIONAL = 100;

/** Runs of this size take only seconds, and vary most. */
const MOST_SECRETS_REPEATED = 100;
const REPETITIONS = 3;

/** What to measure. */
export interface Wanted {
  sizes: number[];
  /** The number of runs; three times that with 100 secrets or fewer. */
  runs: number;
  contenders: readonly Contender[];
  operations: readonly Operation[];
}

/** One operation of one contender. */
export interface Step {
  operation: Operation;
  contender: Contender;
  /** False if it only prepares the steps after it. */
  measured: boolean;
}

/** A new stack per contender, and the steps on it. */
export interface Round {
  secrets: number;
  /** Counts the runs of one size, from 1. */
  run: number;
  steps: Step[];
}

/**
 * Plans all rounds. In a round, the contenders take turns in each operation. Each operation of each round begins with
 * another contender, so that other load on the machine affects all of them equally.
 */
export function planOf({ sizes, runs, contenders, operations }: Wanted): Round[] {
  const chosen = CONTENDERS.filter((contender) => contenders.includes(contender));
  return sizes.flatMap((secrets) => {
    const count = secrets <= MOST_SECRETS_REPEATED ? runs * REPETITIONS : runs;
    return Array.from({ length: count }, (_, before) => ({
      secrets,
      run: before + 1,
      steps: OPERATIONS.flatMap((operation, index) =>
        rotated(chosen, before + index)
          .filter((contender) => isRun(contender, operation, { secrets, run: before + 1 }, operations))
          .map((contender) => ({ operation, contender, measured: operations.includes(operation) })),
      ),
    }));
  });
}

/** Every other operation needs a stack that has been created. */
function isRun(
  contender: Contender,
  operation: Operation,
  { secrets, run }: Pick<Round, "secrets" | "run">,
  wanted: readonly Operation[],
): boolean {
  if (contender === "conventional" && secrets > MOST_SECRETS_CONVENTIONAL)
    return run === 1 && operation === "create" && wanted.includes("create");
  return operation === "create" || wanted.includes(operation);
}

function rotated<T>(all: readonly T[], by: number): T[] {
  const first = all.length === 0 ? 0 : by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
