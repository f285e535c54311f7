import type { ValueSource } from "./types";

/** The error of a source that cannot be read here. */
interface SourceError extends Error {
  /** What is wrong, as in "The environment variable DB_PASSWORD is not set". */
  readonly fact: string;
}

/**
 * Builds the error of a source that cannot be read.
 *
 * @param event - what is wrong, as in "is not set"; without any value
 * @param remedy - what to do, if not the default for the source
 */
export function sourceError(source: ValueSource, event: string, remedy = remedyFor(source)): SourceError {
  const fact = `${describeSource(source)} ${event}`;
  const text = `${fact}. The value is needed for this update: ${remedy}`;
  return Object.assign(new Error(text), { fact });
}

/** What is wrong if the code is `EMFILE`, and the remedy. */
export const TOO_MANY_FILES = "this process has too many open files (EMFILE)";
export const FEWER_FILES = "raise the limit, which is `ulimit -n` or that of the container.";

export function isSourceError(error: unknown): error is SourceError {
  return typeof (error as Partial<SourceError> | null)?.fact === "string";
}

/** The error of a source that was read, and whose value cannot be meant. */
interface Refusal extends Error {
  /** What is wrong and what to do, as one problem among others. */
  readonly refusal: string;
}

/** Builds the error of a source whose value cannot be meant. @param event - what is wrong, without any value */
export function refusalOf(source: ValueSource, event: string, remedy: string): Refusal {
  const refusal = `${describeSource(source)} ${event}: ${remedy}`;
  return Object.assign(new Error(refusal), { refusal });
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof (error as Partial<Refusal> | null)?.refusal === "string";
}

/** Describes a source, without any value, as the beginning of a sentence. */
export function describeSource(source: ValueSource): string {
  if ("fromEnv" in source) return `The environment variable ${source.fromEnv}`;
  if ("fromFile" in source) return `The file ${source.fromFile} (seen from ${process.cwd()})`;
  const [program = "", ...args] = source.fromCommand;
  // An argument may be a secret, as in `curl -H "X-Vault-Token: …"`.
  return `The command \`${program}${args.length > 0 ? " …" : ""}\``;
}

function remedyFor(source: ValueSource): string {
  if ("fromEnv" in source) return "set the variable where `pulumi up` runs.";
  if ("fromFile" in source) return "put the file there before `pulumi up` runs.";
  return "make sure that the command runs non-interactively where `pulumi up` runs.";
}
