import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Account, Address, Question } from "./emulator-process";

/** An emulator in its own process, so that its processor time can be measured separately. */
export class BenchEmulator {
  private readonly exited: Promise<never>;

  private constructor(
    private readonly child: ChildProcess,
    private started: Address | undefined = undefined,
  ) {
    this.exited = once(child, "exit").then(([code]) => {
      throw new Error(`The emulator's process ended with ${String(code)}`);
    });
    // Callers that wait for an answer get an error. Without callers, the end is intended.
    this.exited.catch(() => undefined);
  }

  /** @param planted - the number of secrets at the start, with the ids `sec_1`, `sec_2` and so on */
  static async start(planted = 0): Promise<BenchEmulator> {
    const emulator = new BenchEmulator(fork(join(__dirname, "emulator-process.ts"), [String(planted)]));
    emulator.started = (await emulator.answer()) as Address;
    return emulator;
  }

  get address(): Address {
    if (this.started === undefined) throw new Error("The emulator has not started");
    return this.started;
  }

  /** The settings with which a program and a provider find it. */
  get env(): Record<string, string> {
    const { url, clientId, clientSecret } = this.address;
    return { KEYCARD_ENDPOINT: url, KEYCARD_CLIENT_ID: clientId, KEYCARD_CLIENT_SECRET: clientSecret };
  }

  /** What it did since the last question. */
  async account(question: Question): Promise<Account> {
    const answered = this.answer();
    this.child.send(question);
    return (await answered) as Account;
  }

  async stop(): Promise<void> {
    this.child.disconnect();
    await this.exited.catch(() => undefined);
  }

  private async answer(): Promise<unknown> {
    const [message] = (await Promise.race([once(this.child, "message"), this.exited])) as [unknown];
    return message;
  }
}
