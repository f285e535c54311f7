import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceError,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import {
  CheckFailure,
  CheckResponse,
  ConfigureResponse,
  DiffResponse,
  GetSchemaResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type ReadRequest,
  type UpdateRequest,
  type ConfigureRequest,
  type DiffRequest,
  type GetSchemaRequest,
  type InvokeRequest,
  type ProviderHandshakeRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Message } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SecretProvider } from "../../secret/provider";
import { ANNOUNCE_IMPORT, type AnnouncedImport } from "../../hidden-input";
import { onBehalfOf } from "./current-call";
import { Deadlines } from "./deadlines";
import type { EngineLog } from "./engine-log";
import { lookUp } from "./invoke";
import { configProblems, PluginConfig } from "./plugin-config";
import { decode, encode, hiddenTexts } from "./properties";
import { ResourceCalls } from "./resource-calls";
import { toRpcError } from "./rpc-error";

/** The common part of most requests. */
interface AnyRequest extends Message {
  getUrn?(): string;
}

/** A method of the protocol. */
type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Implements the protocol between the engine and a resource provider. */
export class PluginServer {
  private config = new PluginConfig();
  private readonly core: SecretProvider;
  private readonly resources: ResourceCalls;
  private readonly deadlines = new Deadlines();

  constructor(
    private readonly version: string,
    private readonly log: EngineLog,
  ) {
    this.core = new SecretProvider(log.info, undefined, log.warn, log.warn);
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
      cancel: () => deadlines.cancel(),
    };
    // gRPC itself answers all other methods as not implemented.
    return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, this.unary(method)]));
  }

  private handshake(request: ProviderHandshakeRequest): ProviderHandshakeResponse {
    this.log.connectTo(request.getEngineAddress());
    return new ProviderHandshakeResponse().setAcceptSecrets(true);
  }

  private configure(request: ConfigureRequest): ConfigureResponse {
    this.config = new PluginConfig(new Map(request.getVariablesMap().entries()));
    void this.core.configure({ config: this.config });
    return new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  private invoke(request: InvokeRequest): InvokeResponse | Promise<InvokeResponse> {
    const { props } = decode(request.getArgs());
    if (request.getTok() === ANNOUNCE_IMPORT) {
      this.resources.expectImport(props as unknown as AnnouncedImport);
      return new InvokeResponse().setReturn(encode({}));
    }
    return this.deadlines.within({}, "read", () =>
      lookUp(this.core, request.getTok(), props, this.config.zoneId),
    );
  }

  private unary(method: Handler<never, Message | void>) {
    return (call: ServerUnaryCall<AnyRequest, Message>, respond: sendUnaryData<Message>) => {
      const { request } = call;
      const urn = request.getUrn?.() ?? "";
      const answer = onBehalfOf({ urn }, async () => method(request as never));
      answer
        .finally(() => this.log.flush())
        .then(
          (response) => respond(null, response ?? new Empty()),
          (error: unknown) => respond(errorOf(error, request)),
        );
    };
  }
}

async function getSchema(request: GetSchemaRequest): Promise<GetSchemaResponse> {
  if (request.getVersion() !== 0) {
    const details = `The schema has version 0, but version ${request.getVersion()} was requested. Update pulumi-keycard.`;
    throw Object.assign(new Error(details), { code: status.INVALID_ARGUMENT });
  }
  return new GetSchemaResponse().setSchema(await readFile(join(__dirname, "schema.json"), "utf8"));
}

function checkConfig(request: CheckRequest): CheckResponse {
  const { props, marks } = decode(request.getNews());
  const failures = configProblems(props).map((reason) => new CheckFailure().setReason(reason));
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
