import * as nodeModule from "node:module";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { version } from "../../own-package";
import { engineAddress } from "../../secret/run-notes";
import { EngineLog } from "./report";
import { PluginServer } from "./server";

/** A single message with many secrets is larger than gRPC's default limit of 4 MB. */
const LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the engine until the engine ends. Writes the port as the first line of stdout. */
function main(): void {
  const log = new EngineLog();
  log.connectTo(engineAddress(process.argv));
  const server = new Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE_BYTES,
    "grpc.max_send_message_length": LARGEST_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, new PluginServer(version, log, keepCompiledCode).implementation);
  // With its scheme, an address needs no resolver.
  server.bindAsync("ipv4:127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  // The end of stdin is the only sign that the CLI was killed.
  process.stdin.on("end", () => process.exit()).resume();
}

/**
 * Writes what was compiled so far, if there is a cache for it. Node.js does so when a process ends by itself, but the engine
 * ends plugins with a signal (CLI 3.274).
 */
function keepCompiledCode(): void {
  // In Node.js 22.10 and later.
  (nodeModule as { flushCompileCache?(): void }).flushCompileCache?.();
}

main();
