import { AsyncLocalStorage } from "node:async_hooks";
import { credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { HiddenValues } from "../../safety/redact";
import type { RecordedError } from "../../secret/write-errors";
import { encode, type Marks } from "./properties";

interface CurrentCall {
  urn: string;
  /** Puts a message into the words of the program's language. */
  inItsLanguage(message: string): string;
}

const calls = new AsyncLocalStorage<CurrentCall>();

export function onBehalfOf<T>(call: CurrentCall, run: () => Promise<T>): Promise<T> {
  return calls.run(call, run);
}

/** Prints lines for the user through the engine, which hides what a plugin writes to stdout and stderr. */
export class EngineLog {
  address: string | undefined;
  private connected: EngineClient | undefined;
  private readonly sending = new Set<Promise<void>>();

  /** @param address - the address of the engine. Without one, nothing is printed */
  connectTo(address: string | undefined): void {
    if (address) this.address ??= address;
  }

  readonly warn = (line: string): void => this.send(LogSeverity.WARNING, line);

  readonly info = (line: string): void => this.send(LogSeverity.INFO, line);

  /** Waits until all lines are sent, because the engine (CLI 3.274) prints nothing after the last answer. */
  async flush(): Promise<void> {
    await Promise.all(this.sending);
  }

  private send(severity: (typeof LogSeverity)[keyof typeof LogSeverity], line: string): void {
    const client = this.client();
    if (!client) return;
    const call = calls.getStore();
    const request = new LogRequest()
      .setSeverity(severity)
      .setMessage(call?.inItsLanguage(line) ?? line)
      .setUrn(call?.urn ?? "");
    const sent = new Promise<void>((resolve) => {
      // A line that cannot be printed must not fail its call.
      client.log(request, () => resolve());
    }).finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }

  /** Connects with the first line, because most previews print none. */
  private client(): EngineClient | undefined {
    if (this.address === undefined) return undefined;
    return (this.connected ??= new EngineClient(this.address, credentials.createInsecure()));
  }
}

/**
 * Converts an error of the core into one of gRPC, together with the state that the engine must record, if any.
 *
 * @param secrets - strings that the request marked as secret, which the message must not show
 */
export function toRpcError(
  error: unknown,
  marks: Marks = {},
  secrets: readonly string[] = [],
): Partial<ServiceError> {
  const hidden = new HiddenValues(secrets);
  const message = hidden.redact((error as Error).message, true);
  const { id, properties, reasons } = error as Partial<RecordedError>;
  const answer = { code: status.UNKNOWN, details: message };
  if (id === undefined || properties === undefined) return answer;
  const failed = new ErrorResourceInitFailed()
    .setId(id)
    .setProperties(encode(properties, marks))
    .setReasonsList((reasons ?? []).map((reason) => hidden.redact(reason, true)));
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const details = new Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([packed]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  return { ...answer, metadata };
}
