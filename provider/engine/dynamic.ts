import type { dynamic } from "@pulumi/pulumi";
import { subscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { isObject } from "../json";
import {
  type Call,
  UNKNOWN_VALUE,
  asSecret,
  holdsUnknown,
  nameIn,
  takeHiddenInput,
  withLoader,
  withoutLoader,
} from "../pulumi-values";
import { ARGUMENTS, type SecretInputs } from "../secret/fields";
import { type Arguments, SecretProvider } from "../secret/provider";
import { engineAddress } from "../secret/run-notes";
import { SECRET_PROPERTIES, type SecretState, asUnmanaged } from "../secret/state";

interface Checked {
  call: Call;
  /** The arguments in the state. */
  olds: Partial<SecretInputs>;
}

/**
 * Connects dynamic resources with the core. Their protocol lacks what the core needs, as the SDK passes it (3.276). No
 * call gets the URN (pulumi/pulumi#9434): `check` finds it in a hidden input, and later calls are recognized by their
 * arguments. And the engine marks as a secret only what was one in its own request (pulumi/pulumi#3012), which is in
 * plain text if a transformation sets `data`, or if a resource is only read.
 */
export class DynamicProvider implements Required<dynamic.ResourceProvider<object, object>> {
  private readonly creates = new ExpectedCalls<Call>();
  private readonly diffs = new ExpectedCalls<Checked>();

  constructor(private readonly core = new SecretProvider()) {}

  /** Only stores the configuration, because the SDK (3.276) goes on with this object even if this call fails. */
  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.core.configure(config);
    return Promise.resolve();
  }

  async check(olds: object, news: object): Promise<dynamic.CheckResult> {
    const { args, told } = takeHiddenInput(withoutLoader(news) as Arguments);
    const call = told ?? callFor(args);
    const known = withoutLoader<Partial<SecretInputs>>(olds);
    const { inputs, problems } = await this.core.check(call, known, args);
    if (Object.keys(known).length === 0) this.creates.add(inputs, call);
    else this.diffs.add(inputs, { call, olds: known });
    // The engine prints the value of the property that a failure names (CLI 3.274, pulumi/pulumi#19465): none is named.
    const mark = (told?.isTransformed ?? true) ? markedThroughout : asSecret;
    return {
      inputs: marked(inputs, mark),
      failures: problems.map((reason) => ({ property: "", reason })),
    };
  }

  async diff(id: string, olds: object, news: object): Promise<dynamic.DiffResult> {
    const inputs = withoutLoader(news) as SecretInputs;
    const expected = this.diffs.take(inputs);
    const call = expected?.of.call ?? callFor(inputs);
    const plan = expected && { olds: expected.isUnclear ? undefined : expected.of.olds };
    const state = withoutLoader(olds) as SecretState;
    const { changes, replaces } = await this.core.diff(call, id, state, inputs, plan);
    return changes === false ? { changes } : { replaces, ...(changes && { changes }) };
  }

  async create(news: object): Promise<dynamic.CreateResult> {
    const inputs = withoutLoader(news) as SecretInputs;
    const call = this.creates.take(inputs)?.of ?? callFor(inputs);
    const { id, outs } = await recording(news, this.core.create(call, inputs));
    return { id, outs: marked(outs) };
  }

  async read(id: string, props?: object): Promise<dynamic.ReadResult<object>> {
    const state = withoutLoader(props ?? {}) as Partial<SecretState> & { zoneId: string };
    const { isUnmanaged = false, inputs, ...found } = await this.core.read(id, state);
    // The engine (CLI 3.274) would store the value of a secret that is only read in its inputs, in plain text.
    const outs = isUnmanaged ? asUnmanaged(found.props) : found.props;
    return { id: found.id, props: marked(outs), ...(inputs && { inputs: marked(inputs) }) };
  }

  async update(id: string, olds: object, news: object): Promise<dynamic.UpdateResult> {
    const [state, inputs] = [withoutLoader(olds), withoutLoader(news)];
    const updating = this.core.update(id, state as SecretState, inputs as SecretInputs);
    return { outs: marked(await recording(news, updating)) };
  }

  delete(id: string, props: object): Promise<void> {
    return this.core.delete(id, withoutLoader(props) as SecretState);
  }
}

/** A call for a resource whose URN nobody tells, because a transformation has removed the hidden input. */
function callFor({ zoneId, entityId, name }: Partial<Record<keyof SecretInputs, unknown>>): Call {
  // The resource may have the option `ignoreChanges`.
  return { urn: JSON.stringify([zoneId, entityId, name]), preview: false, ignoresData: true };
}

/** Marks what is always secret in arguments or in a state. */
function marked(props: object, mark: (value: unknown) => object = asSecret): object {
  const entries = Object.entries(props).map(([name, value]: [string, unknown]) => [
    name,
    SECRET_PROPERTIES.includes(name) && value !== undefined ? mark(value) : value,
  ]);
  return Object.fromEntries(entries) as object;
}

/**
 * Marks an object and each of its parts. CLI 3.274 takes the mark of an object in the answer of `check` away if the program's
 * request has it without one (`annotateSecrets`). So it is if a transform sets the object, or only passes it on in an inline
 * program of the Automation API (SDK 3.276).
 */
function markedThroughout(value: unknown): object {
  const partsOf = (part: unknown): unknown =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, partsOf(inner)]))
      : asSecret(part);
  return asSecret(isObject(value) && !holdsUnknown(value) ? partsOf(value) : value);
}

/** Completes the state that an error contains: without the text that loads the provider, no later call could run. */
async function recording<T>(news: object, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { properties } = error as { properties?: object };
    throw properties
      ? Object.assign(error as Error, { properties: withLoader(marked(properties), news) })
      : error;
  }
}

interface Expected<T> {
  of: T;
  /** True if another resource with the same arguments awaited the call, too. */
  isUnclear: boolean;
}

/** Remembers resources until the engine calls `diff` or `create` for them, without naming them. */
export class ExpectedCalls<T> {
  private readonly expected = new Map<string, Expected<T>[]>();

  add(checked: object, of: T): void {
    const key = keyOf({ ...checked });
    const alike = this.expected.get(key) ?? [];
    alike.push({ of, isUnclear: false });
    if (alike.length > 1) for (const each of alike) each.isUnclear = true;
    this.expected.set(key, alike);
  }

  /** The resource that a call is about; undefined if it is none of these. */
  take(news: object): Expected<T> | undefined {
    // A refresh calls `diff` for every secret without `check`, and a key is the costliest part of that call.
    if (this.expected.size === 0) return undefined;
    const key = keyOf({ ...news });
    const [first, ...others] = this.expected.get(key) ?? [];
    if (others.length > 0) this.expected.set(key, others);
    else this.expected.delete(key);
    return first;
  }
}

/** The engine does not keep the order of keys. */
function keyOf(args: Partial<Record<string, unknown>>): string {
  return JSON.stringify(
    // A secret that contains an unknown value comes back as one unknown value.
    ARGUMENTS.map((name) => (holdsUnknown(args[name]) ? UNKNOWN_VALUE : args[name])),
    (_key, value: unknown) =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(Object.entries(value).sort(([one], [two]) => (one < two ? -1 : 1))),
  );
}

/** Texts that the SDK is about to print for errors that the engine also shows. */
const repetitions: string[] = [];

const WATCHED = ["check", "diff", "read", "delete"] as const;

/**
 * Lets each error of a provider appear once, without its stack. If one of these methods throws, the SDK (3.276) prints
 * the error with its stack and also passes it to the engine, which shows the message with its resource.
 */
function printedOnce<T extends dynamic.ResourceProvider>(provider: T): T {
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
 * Prints a warning from the process of a dynamic provider. Of that process, the engine shows only stderr, as
 * information (CLI 3.274, pulumi/pulumi#18249).
 */
async function warnThroughEngine(line: string, urn: string): Promise<void> {
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
    // The engine (CLI 3.274) shows no line about a resource that it does not know.
    .setUrn(nameIn(urn) === "" ? "" : urn);
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

/** How often it is checked whether the engine is still there, in milliseconds. */
const CHECK_MS = 3_000;

/**
 * Ends the process of a dynamic provider soon after its engine is gone. An engine that is killed leaves it running, with values
 * in its memory (seen with Pulumi 3.259). The engine's address refuses connections only then.
 */
function endWithEngine(address: string | undefined): void {
  const [, host, port] = /^(.*):(\d+)$/.exec(address ?? "") ?? [];
  if (host === undefined || !(process.argv[1] ?? "").includes("dynamic-provider")) return;
  let refusals = 0;
  setInterval(() => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port: Number(port) });
    socket.unref();
    socket.once("connect", () => {
      refusals = 0;
      socket.destroy();
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      refusals = code === "ECONNREFUSED" ? refusals + 1 : 0;
      if (refusals > 1) process.exit();
    });
  }, CHECK_MS).unref();
}

/** How the engine tells a provider that the run is cancelled, as by Ctrl+C. */
const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/**
 * Ends what is being read when the run is cancelled: the engine waits for it. The SDK (3.276) answers that call itself, without
 * a word to the provider. Node.js 24 and later tell of each call; with older ones, commands end at their time limits.
 */
function endWithRun(core: SecretProvider): void {
  subscribe("http2.server.stream.start", (message) => {
    const { headers } = message as { headers?: Record<string, unknown> };
    if (headers?.[":path"] === CANCEL) core.cancel();
  });
}

export { DynamicProvider as SecretProvider };

const core = new SecretProvider(undefined, undefined, warnThroughEngine, undefined, () =>
  engineAddress(process.argv),
);

/** The loader text in every state uses this name, so it never changes. It accepts every state that it ever returned. */
export const provider = printedOnce(new DynamicProvider(core));

endWithRun(core);
endWithEngine(engineAddress(process.argv));
