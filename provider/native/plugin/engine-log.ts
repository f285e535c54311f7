import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { currentCall } from "./current-call";

/** Shows lines to the user through the engine, which hides what a plugin writes to stdout and stderr. */
export class EngineLog {
  private client: EngineClient | undefined;
  private readonly sending = new Set<Promise<void>>();

  /** @param address - where the engine listens; without one nothing is shown */
  connectTo(address: string | undefined): void {
    if (address) this.client ??= new EngineClient(address, credentials.createInsecure());
  }

  /** Shows a warning, beside the resource that the current call is about. */
  readonly warn = (line: string): void => this.send(LogSeverity.WARNING, line);

  /** Shows a line that informs, such as one of the request log. */
  readonly info = (line: string): void => this.send(LogSeverity.INFO, line);

  /** Waits for what is under way, as the engine shows nothing after the answer to its last call. */
  async flush(): Promise<void> {
    await Promise.all(this.sending);
  }

  private send(severity: (typeof LogSeverity)[keyof typeof LogSeverity], line: string): void {
    const { client } = this;
    if (!client) return;
    const request = new LogRequest()
      .setSeverity(severity)
      .setMessage(line)
      .setUrn(currentCall()?.urn ?? "");
    const sent = new Promise<void>((resolve) => {
      // What cannot be shown must not fail what it is about.
      client.log(request, () => resolve());
    }).finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }
}
