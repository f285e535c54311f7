import {
  type ServerUnaryCall,
  type ServiceError,
  type UntypedServiceImplementation,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  type GetSchemaRequest,
  GetSchemaResponse,
  type InvokeRequest,
  InvokeResponse,
  type ProviderHandshakeRequest,
  ProviderHandshakeResponse,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Message } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { getAsset, isSea } from "node:sea";
import { missingZone } from "../../config/settings";
import { loadNetwork } from "../../load-network";
import type { Interruption } from "../../network";
import { describeCall, problemOfLookup } from "../../program/lookup-mistakes";
import { ANNOUNCE_IMPORT, type AnnouncedImport } from "../../pulumi-values";
import type { LookUpArgs, LookUpName } from "../../secret/lookups";
import { SecretProvider } from "../../secret/provider";
import { PluginConfig, configProblems, explicitName } from "./config";
import { decode, encode, encodeSecret, hiddenTexts } from "./properties";
import { type EngineLog, onBehalfOf, toRpcError } from "./report";
import { ResourceCalls } from "./resource-calls";

interface AnyRequest extends Message {
  getUrn?(): string;
}

/** A longer timer would fire immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Ends calls to Keycard when a resource's custom timeout is reached or the run is cancelled. CLI 3.274 does not. */
class Deadlines {
  private readonly cancelled = new AbortController();

  /** Ends all pending calls, and all that begin later. */
  cancel(): void {
    const reason: Interruption = { event: "was cancelled", remedy: "Run it again." };
    this.cancelled.abort(reason);
  }

  /**
   * Runs a call to Keycard within the custom timeout of its resource.
   *
   * @param operation - the name of the operation in the option `customTimeouts`
   */
  async within<T>(request: { getTimeout?(): number }, operation: string, run: () => Promise<T>): Promise<T> {
    const { interruptible } = await loadNetwork();
    const seconds = request.getTimeout?.() ?? 0;
    if (seconds <= 0) return interruptible(this.cancelled.signal, run);
    const timeout = new AbortController();
    const reason: Interruption = {
      event: `reached the custom timeout of ${seconds} s`,
      remedy: `Raise \`customTimeouts.${operation}\` of the resource.`,
    };
    const timer = setTimeout(() => timeout.abort(reason), Math.min(seconds * 1000, LONGEST_TIMER_MS));
    try {
      return await interruptible(AbortSignal.any([this.cancelled.signal, timeout.signal]), run);
    } finally {
      clearTimeout(timer);
    }
  }
}

const NAMES: readonly LookUpName[] = ["getSecret", "getSecretValue", "listSecrets"];

/** Runs a function of the plugin. @param token - as in `keycard-secrets:index:getSecret` */
async function lookUp(
  core: SecretProvider,
  token: string,
  args: Record<string, unknown>,
  config: PluginConfig,
): Promise<InvokeResponse> {
  const name = NAMES.find((known) => token === `keycard-secrets:index:${known}`);
  if (name === undefined) throw new Error(`keycard-secrets has no function ${token}.`);
  const call = describeCall(name, args, name);
  const zoneId = args["zoneId"] ?? config.zoneId;
  const problem =
    problemOfLookup(name, args, undefined) ?? (zoneId ? undefined : `${missingZone(config.provider)}.`);
  if (problem !== undefined) {
    return new InvokeResponse().setFailuresList([new CheckFailure().setReason(`${call}: ${problem}`)]);
  }
  const result = await core
    .lookUp(name, zoneId as string, args as unknown as LookUpArgs<typeof name>)
    .catch((error: unknown) => {
      throw new Error(`${call}: ${(error as Error).message}`, { cause: error });
    });
  return new InvokeResponse().setReturn(name === "getSecretValue" ? encodeSecret(result) : encode(result));
}

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

export class PluginServer {
  private config = new PluginConfig();
  private readonly core: SecretProvider;
  private readonly resources: ResourceCalls;
  private readonly deadlines = new Deadlines();

  /** @param ends - called when the engine ends the run, before it ends this process */
  constructor(
    private readonly version: string,
    private readonly log: EngineLog,
    private readonly ends: () => void = () => undefined,
  ) {
    this.core = new SecretProvider(log.info, undefined, log.warn, log.warn, () => log.address);
    this.resources = new ResourceCalls(this.core, () => this.config);
  }

  /** The methods by the names that the generated service gives them. */
  get implementation(): UntypedServiceImplementation {
    const { deadlines, resources } = this;
    const methods: Record<string, Handler<never, Message | void>> = {
      handshake: (request: ProviderHandshakeRequest) => this.handshake(request),
      attach: (request: PluginAttach) => this.log.connectTo(request.getAddress()),
      getPluginInfo: () => new PluginInfo().setVersion(this.version),
      getSchema: (request: GetSchemaRequest) => getSchema(request),
      checkConfig: (request: CheckRequest) => checkConfig(request),
      diffConfig: (request: DiffRequest) => diffConfig(request),
      configure: (request: ConfigureRequest) => this.configure(request),
      invoke: (request: InvokeRequest) => this.invoke(request),
      check: (request: CheckRequest) => resources.check(request),
      diff: (request: DiffRequest) => resources.diff(request),
      create: (request: CreateRequest) =>
        request.getPreview()
          ? resources.create(request)
          : deadlines.within(request, "create", () => resources.create(request)),
      read: (request: ReadRequest) => deadlines.within(request, "read", () => resources.read(request)),
      update: (request: UpdateRequest) =>
        request.getPreview()
          ? resources.update(request)
          : deadlines.within(request, "update", () => resources.update(request)),
      delete: (request: DeleteRequest) =>
        deadlines.within(request, "delete", () => resources.delete(request)),
      cancel: () => {
        deadlines.cancel();
        this.core.cancel();
        this.ends();
      },
    };
    // gRPC itself answers all other methods as not implemented.
    return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, this.unary(method)]));
  }

  private handshake(request: ProviderHandshakeRequest): ProviderHandshakeResponse {
    this.log.connectTo(request.getEngineAddress());
    return new ProviderHandshakeResponse().setAcceptSecrets(true);
  }

  private configure(request: ConfigureRequest): ConfigureResponse {
    const variables = new Map(request.getVariablesMap().entries());
    this.config = new PluginConfig(variables, explicitName(request.getUrn()));
    this.core.configure(this.config);
    return new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  private invoke(request: InvokeRequest): InvokeResponse | Promise<InvokeResponse> {
    const { props } = decode(request.getArgs());
    if (request.getTok() === ANNOUNCE_IMPORT) {
      this.resources.expectImport(props as unknown as AnnouncedImport);
      return new InvokeResponse().setReturn(encode({}));
    }
    return this.deadlines.within({}, "read", () => lookUp(this.core, request.getTok(), props, this.config));
  }

  private unary(method: Handler<never, Message | void>) {
    return (call: ServerUnaryCall<AnyRequest, Message>, respond: sendUnaryData<Message>) => {
      const { request } = call;
      const urn = request.getUrn?.() ?? "";
      const inItsLanguage = (message: string) => this.resources.inItsLanguage(urn, message);
      const answer = onBehalfOf({ urn, inItsLanguage }, async () => method(request as never));
      answer
        .finally(() => this.log.flush())
        .then(
          (response) => respond(null, response ?? new Empty()),
          (error: Error & { reasons?: string[] }) => {
            error.message = inItsLanguage(error.message);
            if (error.reasons) error.reasons = error.reasons.map(inItsLanguage);
            respond(errorOf(error, request));
          },
        );
    };
  }
}

async function getSchema(request: GetSchemaRequest): Promise<GetSchemaResponse> {
  if (request.getVersion() !== 0) {
    const details = `The schema has version 0, but version ${request.getVersion()} was requested. Update pulumi-keycard.`;
    throw Object.assign(new Error(details), { code: status.INVALID_ARGUMENT });
  }
  // The plugin as a single executable contains its schema.
  const text = isSea()
    ? getAsset("schema.json", "utf8")
    : await readFile(join(__dirname, "schema.json"), "utf8");
  return new GetSchemaResponse().setSchema(text);
}

function checkConfig(request: CheckRequest): CheckResponse {
  const { props, marks } = decode(request.getNews());
  const failures = configProblems(props, explicitName(request.getUrn())).map((reason) =>
    new CheckFailure().setReason(reason),
  );
  return new CheckResponse().setInputs(encode(props, marks)).setFailuresList(failures);
}

/** A change of the settings updates the provider and replaces nothing, because each secret records its own zone. */
function diffConfig(request: DiffRequest): DiffResponse {
  const [olds, news] = [decode(request.getOlds()).props, decode(request.getNews()).props];
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = names.filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  return new DiffResponse().setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE).setDiffsList(changed);
}

function errorOf(error: unknown, request: AnyRequest): Partial<ServiceError> {
  const { getProperties, getNews, getOlds } = request as Partial<
    Record<"getProperties" | "getNews" | "getOlds", () => Struct | undefined>
  >;
  const all = [getProperties, getNews, getOlds].map((get) => decode(get?.call(request)));
  const secrets = all.flatMap(hiddenTexts);
  const { marks } = all.find(({ marks }) => Object.keys(marks).length > 0) ?? { marks: {} };
  return toRpcError(error, marks, secrets);
}
