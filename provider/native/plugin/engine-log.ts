import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { currentCall } from "./current-call";

/** Prints lines for the user through the engine, which hides what a plugin writes to stdout and stderr. */
export class EngineLog {
  private address: string | undefined;
  private connected: EngineClient | undefined;
  private readonly sending = new Set<Promise<void>>();

  /** @param address - the address of the engine. Without one, nothing is printed */
  connectTo(address: string | undefined): void {
    if (address) this.address ??= address;
  }

  /** Prints a warning for the resource of the current call. */
  readonly warn = (line: string): void => this.send(LogSeverity.WARNING, line);

  /** Prints a line that informs, such as one of the request log. */
  readonly info = (line: string): void => this.send(LogSeverity.INFO, line);

  /** Waits until all lines are sent, because the engine prints nothing after the answer to its last call. */
  async flush(): Promise<void> {
    await Promise.all(this.sending);
  }

  private send(severity: (typeof LogSeverity)[keyof typeof LogSeverity], line: string): void {
    const client = this.client();
    if (!client) return;
    const request = new LogRequest()
      .setSeverity(severity)
      .setMessage(line)
      .setUrn(currentCall()?.urn ?? "");
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
