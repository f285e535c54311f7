import { createRequire } from "node:module";

interface LogRequest {
  setSeverity(severity: number): LogRequest;
  setMessage(message: string): LogRequest;
  setUrn(urn: string): LogRequest;
}

interface EngineClient {
  log(request: LogRequest, done: (error: Error | null) => void): void;
}

/** The used parts of packages that the process of a dynamic provider has already loaded. */
interface Loaded {
  grpc: { credentials: { createInsecure(): unknown } };
  services: { EngineClient: new (address: string, credentials: unknown) => EngineClient };
  messages: { LogRequest: new () => LogRequest; LogSeverity: { WARNING: number } };
}

let client: EngineClient | undefined;

/**
 * Prints a warning from the process of a dynamic provider. Of that process, the engine shows only stderr, as information.
 *
 * @param urn - the resource that it is about; empty if that is unknown
 */
export async function warnThroughEngine(line: string, urn: string): Promise<void> {
  try {
    await send(line, urn);
  } catch {
    // A warning that cannot be sent must not fail its call.
    process.stderr.write(`${line}\n`);
  }
}

async function send(line: string, urn: string): Promise<void> {
  const { grpc, services, messages } = load();
  // The SDK starts the process with the address as its first argument.
  const [, , address = ""] = process.argv;
  if (!/^[\w.[\]:-]+:\d+$/.test(address)) throw new Error("The process has no address of an engine.");
  const engine = (client ??= new services.EngineClient(address, grpc.credentials.createInsecure()));
  const request = new messages.LogRequest()
    .setSeverity(messages.LogSeverity.WARNING)
    .setMessage(line)
    .setUrn(urn);
  await new Promise<void>((resolve, reject) => {
    engine.log(request, (error) => (error ? reject(error) : resolve()));
  });
}

/** Loads them by name, at the first warning: previews do not load the SDK, and gRPC is a dependency of the SDK, not of ours. */
function load(): Loaded {
  const sdk = createRequire(__filename).resolve("@pulumi/pulumi/proto/engine_grpc_pb");
  const requireThere = createRequire(sdk);
  return {
    grpc: requireThere("@grpc/grpc-js") as Loaded["grpc"],
    services: requireThere("@pulumi/pulumi/proto/engine_grpc_pb") as Loaded["services"],
    messages: requireThere("@pulumi/pulumi/proto/engine_pb") as Loaded["messages"],
  };
}
