import { createRequire } from "node:module";
import type { dynamic } from "@pulumi/pulumi";
import { withSecretData } from "../pulumi-values";
import { SecretProvider } from "../secret/provider";
import { engineAddress } from "../secret/run-notes";

type Provider = Required<dynamic.ResourceProvider<object, object>>;

/**
 * Marks `data` as a secret in everything that a provider returns to the engine. The engine marks only what was a secret in
 * its own request, which is in plain text if a transformation sets `data`, or if a resource is only read.
 */
export function markingData(unmarked: Required<dynamic.ResourceProvider>): Provider {
  const provider: Provider = unmarked;
  return {
    configure: (request) => provider.configure(request),
    check: async (olds, news) => markedInputs(await provider.check(olds, news)),
    diff: (id, olds, news) => provider.diff(id, olds, news),
    create: async (inputs) => markedOuts(await orMarkedError(provider.create(inputs))),
    read: async (id, props) => {
      const result = markedInputs(await provider.read(id, props));
      return { ...result, ...(result.props && { props: withSecretData(result.props) }) };
    },
    update: async (id, olds, news) => markedOuts(await orMarkedError(provider.update(id, olds, news))),
    delete: (id, props) => provider.delete(id, props),
  };
}

function markedInputs<T extends { inputs?: object }>(result: T): T {
  return result.inputs ? { ...result, inputs: withSecretData(result.inputs) } : result;
}

function markedOuts<T extends { outs?: object }>(result: T): T {
  return result.outs ? { ...result, outs: withSecretData(result.outs) } : result;
}

/** An error may contain a state to record, too. */
async function orMarkedError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { properties } = error as { properties?: object };
    throw properties ? Object.assign(error as Error, { properties: withSecretData(properties) }) : error;
  }
}

/** Texts that the SDK is about to print for errors that the engine also shows. */
const repetitions: string[] = [];

const WATCHED = ["check", "diff", "read", "delete"] as const;

/**
 * Lets each error of a provider appear once, without its stack. If one of these methods throws, the SDK prints the error with
 * its stack and also passes it to the engine, which shows the message with its resource.
 *
 * @returns the same provider
 */
export function printedOnce<T extends dynamic.ResourceProvider>(provider: T): T {
  for (const name of WATCHED) {
    const method = provider[name]?.bind(provider) as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (!method) continue;
    const watched = async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        if (error instanceof Error) keepQuiet(error);
        throw error;
      }
    };
    Object.assign(provider, { [name]: watched });
  }
  return provider;
}

function keepQuiet(error: Error): void {
  if (repetitions.length === 0) watchConsole();
  error.stack = "";
  repetitions.push(`${String(error)}: ${error.stack}`);
}

function watchConsole(): void {
  const print = console.error;
  console.error = (...parts: unknown[]) => {
    const index = parts.length === 1 ? repetitions.indexOf(parts[0] as string) : -1;
    if (index < 0) return print(...parts);
    repetitions.splice(index, 1);
    if (repetitions.length === 0) console.error = print;
  };
}

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
  const address = engineAddress(process.argv);
  if (address === undefined) throw new Error("The process has no address of an engine.");
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

export { SecretProvider };

/** The loader text in every state uses this name, so it never changes. It accepts every state that it ever returned. */
export const provider = printedOnce(
  markingData(
    new SecretProvider(undefined, undefined, warnThroughEngine, undefined, () => engineAddress(process.argv)),
  ),
);
