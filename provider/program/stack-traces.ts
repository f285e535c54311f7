import * as pulumi from "@pulumi/pulumi";

type Resume = () => void;

/**
 * Lets the SDK register a resource without formatting stack traces, which would take most of its time.
 *
 * @returns a function that restores the limit. Call it as soon as the constructor of the SDK returns or throws
 */
export function suspendStackTraces(opts: pulumi.ResourceOptions): Resume {
  // The SDK's `debuggablePromise` (3.248 and 3.276) formats the stack of about 45 promises per resource, and in a
  // TypeScript program each passes through ts-node's source maps. Only PULUMI_DEBUG_PROMISE_LEAKS ever shows them.
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] || runsUserCode(opts)) return () => undefined;
  const limit = Error.stackTraceLimit;
  // If a program has frozen `Error`, nothing changes.
  if (!Reflect.set(Error, "stackTraceLimit", 0)) return () => undefined;
  return () => {
    Error.stackTraceLimit = limit;
  };
}

/** Sets the caller's stack on an error that was thrown while stack traces were suspended. */
export function withCallersStack(error: unknown, constructor: NewableFunction): unknown {
  if (error instanceof Error && !/^ +at /m.test(error.stack ?? ""))
    Error.captureStackTrace(error, constructor);
  return error;
}

/** True if the SDK's constructor calls functions of the user: transformations. */
export function runsUserCode({ parent, transformations }: pulumi.ResourceOptions): boolean {
  const above = (parent ?? pulumi.runtime.getStackResource()) as
    { __transformations?: unknown[] } | undefined;
  return (transformations?.length ?? 0) > 0 || (above?.__transformations?.length ?? 0) > 0;
}
