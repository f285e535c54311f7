import * as settings from "@pulumi/pulumi/runtime/settings";

/** What the SDK opens its connections to the engine with. The SDK exports them, but not in its types. */
const { grpcClientOptions } = settings as { grpcClientOptions?: Record<string, unknown> };

/**
 * Makes each inline program open a new connection to its engine.
 *
 * The SDK does not close the connections of an inline program, and gRPC shares connections within a process, by address.
 * gRPC remembers that the connection to an ended engine fails, so a later engine on the same port cannot be reached. The
 * SDK hides that from the engine, which then deletes what the program could not declare.
 *
 * @throws when the SDK no longer has such options
 */
export function useOwnConnections(): void {
  if (grpcClientOptions === undefined)
    throw new Error("This SDK does not say how it connects to the engine.");
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}
