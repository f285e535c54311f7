import * as pulumi from "@pulumi/pulumi";
import { safeMessage } from "../safety/redact";

const ours = new WeakSet<object>();

/**
 * Builds the error of a lookup. Pulumi shows it once and without a stack. If the program catches it, its stack shows only
 * the program's own frames.
 *
 * @param call - the lookup with its arguments
 */
export function lookupError(call: string, error: unknown): Error {
  const message = safeMessage(error instanceof Error ? error.message : String(error));
  const failure = Object.assign(new pulumi.RunError(`${call}: ${message}`), { cause: error });
  const frames = (failure.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes(__dirname));
  failure.stack = [`Error: ${failure.message}`, ...frames].join("\n");
  ours.add(failure);
  watchLateHandlers();
  return failure;
}

let watches = false;

/**
 * An output consists of several promises, and the SDK handles some of them only after they failed. Node.js warns of each
 * (`PromiseRejectionHandledWarning`), which does not help the user of a program that has failed already.
 */
function watchLateHandlers(): void {
  if (watches) return;
  watches = true;
  process.on("rejectionHandled", (promise) => {
    promise.catch((error: unknown) => {
      if (typeof error === "object" && error !== null && ours.has(error)) return;
      process.emitWarning("Promise rejection was handled asynchronously", "PromiseRejectionHandledWarning");
    });
  });
}
