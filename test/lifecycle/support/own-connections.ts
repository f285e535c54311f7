import * as settings from "@pulumi/pulumi/runtime/settings";

/** What the SDK opens its connections to the engine with; it exports them, and leaves them out of its types. */
const { grpcClientOptions } = settings as { grpcClientOptions?: Record<string, unknown> };

/**
 * Lets each inline program connect to its engine anew.
 *
 * The SDK does not close the connections of an inline program, and gRPC shares connections within a process, by address.
 * Of one whose engine is gone it remembers that it fails, so a later engine that is given the same port cannot be reached.
 * The SDK hides that from the engine, which then deletes what the program had no chance to declare.
 *
 * @throws when the SDK has no such options any more
 */
export function useOwnConnections(): void {
  if (grpcClientOptions === undefined)
    throw new Error("This SDK does not say how it connects to the engine.");
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}
