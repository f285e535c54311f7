import * as pulumi from "@pulumi/pulumi";

/** Ends what {@link suspendStackTraces} began. */
type Resume = () => void;

/**
 * Has the SDK's constructors register a resource without formatting stack traces, which takes them most of their time.
 *
 * @param opts - the options of the resource
 * @returns what restores the limit; call it as soon as the constructor of the SDK returns or throws
 */
export function suspendStackTraces(opts: pulumi.ResourceOptions): Resume {
  // The SDK's `debuggablePromise` (in `runtime/debuggable`) formats the stack of about 45 promises per resource, and in
  // a TypeScript program each passes through ts-node's source maps. Only PULUMI_DEBUG_PROMISE_LEAKS ever shows them.
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] || runsUserCode(opts)) return () => undefined;
  const limit = Error.stackTraceLimit;
  // A program may have frozen `Error`; then everything stays as it is.
  if (!Reflect.set(Error, "stackTraceLimit", 0)) return () => undefined;
  return () => {
    Error.stackTraceLimit = limit;
  };
}

/**
 * Gives an error that was thrown meanwhile the stack of the caller.
 *
 * @param constructor - the function that the user called
 */
export function withCallersStack(error: unknown, constructor: NewableFunction): unknown {
  if (error instanceof Error && !/^ +at /m.test(error.stack ?? ""))
    Error.captureStackTrace(error, constructor);
  return error;
}

/** Transformations are the user's functions, and the SDK calls them in its constructor. */
function runsUserCode({ parent, transformations }: pulumi.ResourceOptions): boolean {
  const above = (parent ?? pulumi.runtime.getStackResource()) as
    { __transformations?: unknown[] } | undefined;
  return (transformations?.length ?? 0) > 0 || (above?.__transformations?.length ?? 0) > 0;
}
