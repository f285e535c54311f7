import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import type {
  DestroyOptions,
  EngineEvent,
  OutputMap,
  PreviewOptions,
  PulumiFn,
  RefreshOptions,
  Stack,
  UpdateSummary,
  UpOptions,
} from "@pulumi/pulumi/automation";

import { withPlaintexts } from "./decrypt";
import { withEnvironment } from "./environment";
import { assertNoProcessLeft } from "./processes";
import { runResult, type RunResult } from "./run-result";

/** Stack configuration by key (`keycard:zoneId`); a secret setting is `{secret: "…"}`. */
export type Config = Record<string, string | { secret: string }>;

/** A stack's whole state. */
export interface State {
  /** The state file, byte for byte as it is on disk. */
  text: string;
  /** The same with every secret decrypted, like `pulumi stack export --show-secrets`. */
  resources: StateResource[];
}

/** A resource in the decrypted state. A secret value is an object whose `plaintext` is the value's JSON. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  additionalSecretOutputs?: string[];
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
}

/** The current state in a state file; empty before the first run. */
interface Deployment {
  secrets_providers?: { state: { salt: string } };
  resources?: StateResource[];
}

/** The folders of a workspace. */
export interface Folders {
  root: string;
  home: string;
  state: string;
  /** The project's folder, and so the working directory of the program and of the provider. */
  project: string;
}

interface CommandOptions {
  onOutput: (text: string) => void;
  onError: (text: string) => void;
  onEvent: (event: EngineEvent) => void;
  color: "never";
}

// The environment belongs to the process, and the SDK keeps global state for a run: one run at a time.
let lastRun: Promise<unknown> = Promise.resolve();

/** A stack on the real engine; see `openWorkspace`. */
export class Workspace {
  private printed = "";
  private closed = false;

  /** @internal */
  public constructor(
    private readonly stack: Stack,
    private readonly folders: Folders,
    private readonly env: Record<string, string>,
  ) {
    // After each command, the SDK runs the CLI three more times for these. The events already contain them.
    stack.outputs = () => Promise.resolve<OutputMap>({});
    stack.history = () => Promise.resolve<UpdateSummary[]>([]);
  }

  /** The project's folder, and so the working directory of the program and of the provider. */
  public get project(): string {
    return this.folders.project;
  }

  /** The folder that all processes of the stack have in their environment. */
  public get root(): string {
    return this.folders.root;
  }

  /** What the next `up` or `preview` of an inline program runs. */
  public set program(program: PulumiFn) {
    this.stack.workspace.program = program;
  }

  /** `pulumi up`. @throws with all output of the CLI, if it fails */
  public up(options: UpOptions = {}): Promise<RunResult> {
    return this.succeed("up", (common) => this.stack.up({ ...options, ...common }));
  }

  /** `pulumi preview`. @throws with all output of the CLI, if it fails */
  public preview(options: PreviewOptions = {}): Promise<RunResult> {
    return this.succeed("preview", (common) => this.stack.preview({ ...options, ...common }));
  }

  /** `pulumi refresh`. @throws with all output of the CLI, if it fails */
  public refresh(options: RefreshOptions = {}): Promise<RunResult> {
    return this.succeed("refresh", (common) => this.stack.refresh({ ...options, ...common }));
  }

  /** `pulumi destroy`. @throws with all output of the CLI, if it fails */
  public destroy(options: DestroyOptions = {}): Promise<RunResult> {
    return this.succeed("destroy", (common) => this.stack.destroy({ ...options, ...common }));
  }

  /** A `pulumi up` that has to fail: its result has an `error`. @throws if it succeeds */
  public upFails(options: UpOptions = {}): Promise<RunResult & { error: string }> {
    return this.fail("up", (common) => this.stack.up({ ...options, ...common }));
  }

  /** A `pulumi preview` that has to fail. @throws if it succeeds */
  public previewFails(options: PreviewOptions = {}): Promise<RunResult & { error: string }> {
    return this.fail("preview", (common) => this.stack.preview({ ...options, ...common }));
  }

  /** A `pulumi refresh` that has to fail. @throws if it succeeds */
  public refreshFails(options: RefreshOptions = {}): Promise<RunResult & { error: string }> {
    return this.fail("refresh", (common) => this.stack.refresh({ ...options, ...common }));
  }

  /** A `pulumi destroy` that has to fail. @throws if it succeeds */
  public destroyFails(options: DestroyOptions = {}): Promise<RunResult & { error: string }> {
    return this.fail("destroy", (common) => this.stack.destroy({ ...options, ...common }));
  }

  /**
   * Any other command, such as `cli(["import", "…"])`, on this stack. Does not throw if the command fails.
   *
   * @param input - what the command reads
   * @param color - whether the output has escape sequences for colours
   */
  public cli(
    args: string[],
    input = "",
    color: "never" | "always" = "never",
  ): Promise<{ stdout: string; stderr: string; failed: boolean }> {
    const command = this.stack.workspace.pulumiCommand.command;
    // The commands about the project and its packages know no stack.
    const stack = /^(install|package)$/.test(args[0] ?? "") ? [] : ["--stack", this.stack.name];
    const all = [...args, ...stack, "--non-interactive", "--color", color];
    return this.inEnvironment(
      () =>
        new Promise((resolve) => {
          const PATH = `${dirname(command)}:${process.env["PATH"] ?? ""}`;
          const options = { cwd: this.project, env: { ...process.env, PATH } };
          const child = execFile(command, all, options, (error, stdout, stderr) => {
            this.printed += stdout + stderr;
            resolve({ stdout, stderr, failed: error !== null });
          });
          child.stdin?.end(input);
        }),
    );
  }

  /** Changes the stack's configuration. Other keys keep their values. */
  public async setConfig(config: Config): Promise<void> {
    const all = Object.entries(config);
    const plain = all.filter((entry): entry is [string, string] => typeof entry[1] === "string");
    if (plain.length > 0) {
      const { workspace, name } = this.stack;
      // Written directly, because running the CLI costs a third of a second. Only secrets need its key.
      const settings = await workspace.stackSettings(name);
      await workspace.saveStackSettings(name, {
        ...settings,
        config: { ...settings.config, ...Object.fromEntries(plain) },
      });
    }
    const secrets = all.flatMap(([key, value]) =>
      typeof value === "string" ? [] : [[key, { value: value.secret, secret: true }] as const],
    );
    if (secrets.length > 0) {
      await this.inEnvironment(() => this.stack.setAllConfig(Object.fromEntries(secrets)));
    }
  }

  /** The stack's whole state, as stored and decrypted. */
  public async exportState(): Promise<State> {
    const text = await this.stateText();
    const salt = latestOf(text)?.secrets_providers?.state.salt;
    // Decrypted here, because running the CLI costs two fifths of a second.
    const decrypted =
      salt === undefined ? text : withPlaintexts(text, this.env["PULUMI_CONFIG_PASSPHRASE"] ?? "", salt);
    if (decrypted.includes('"ciphertext"')) throw new Error("The state holds what cannot be decrypted.");
    return { text, resources: latestOf(decrypted)?.resources ?? [] };
  }

  /** Changes the state as you can with `pulumi stack export` and `pulumi stack import`; secrets stay encrypted. */
  public async editState(edit: (text: string) => string): Promise<void> {
    const exported = await this.cli(["stack", "export"]);
    const imported = await this.cli(["stack", "import"], edit(exported.stdout));
    if (imported.failed) throw new Error(`pulumi stack import failed: ${imported.stderr}`);
  }

  /** The state file, byte for byte as it is on disk. */
  public async stateText(): Promise<string> {
    const stacks = join(this.folders.state, ".pulumi/stacks");
    const [project = ""] = await readdir(stacks);
    return readFile(join(stacks, project, `${this.stack.name}.json`), "utf8");
  }

  /** Everything that the backend has stored: the state, its backups and the history of updates. */
  public storedText(): Promise<string> {
    return textsBelow(this.folders.state);
  }

  /** All content of the stack's folders: what the backend has stored, the project, and the CLI's home. */
  public everyFile(): Promise<string> {
    return textsBelow(this.folders.root);
  }

  /** The same with every secret decrypted, including those in saved plans. */
  public async decryptedText(): Promise<string> {
    return this.decrypted(await this.everyFile());
  }

  /** Decrypts every secret in a text of the engine, such as a saved plan. */
  public async decrypted(text: string): Promise<string> {
    const salt = latestOf(await this.stateText())?.secrets_providers?.state.salt;
    if (salt === undefined) throw new Error("Nothing was stored yet.");
    return withPlaintexts(text, this.env["PULUMI_CONFIG_PASSPHRASE"] ?? "", salt);
  }

  /** Changes variables of the engine, the provider and the program. */
  public setEnv(values: Record<string, string>): void {
    Object.assign(this.env, values);
    Object.assign(this.stack.workspace.envVars, values);
  }

  /** Everything that the CLI has printed in this workspace so far. */
  public allText(): string {
    return this.printed;
  }

  /** Removes everything. @throws when a process that a command started still runs */
  public async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      await assertNoProcessLeft(this.folders.root);
    } finally {
      await rm(this.folders.root, { recursive: true, force: true });
    }
  }

  private async succeed(
    name: string,
    command: (common: CommandOptions) => Promise<unknown>,
  ): Promise<RunResult> {
    const result = await this.run(command);
    if (result.error !== undefined) throw new Error(`pulumi ${name} failed: ${result.error}`);
    return result;
  }

  private async fail(
    name: string,
    command: (common: CommandOptions) => Promise<unknown>,
  ): Promise<RunResult & { error: string }> {
    const result = await this.run(command);
    if (result.error === undefined) throw new Error(`pulumi ${name} should have failed:\n${result.stdout}`);
    return { ...result, error: result.error };
  }

  private async run(command: (common: CommandOptions) => Promise<unknown>): Promise<RunResult> {
    const events: EngineEvent[] = [];
    const printed = { stdout: "", stderr: "" };
    let failure: string | undefined;
    await this.inEnvironment(() =>
      command({
        onOutput: (text) => (printed.stdout += text),
        onError: (text) => (printed.stderr += text),
        onEvent: (event) => events.push(event),
        color: "never",
      }),
    ).catch((reason: unknown) => (failure = (reason as Error).message));
    const text = printed.stdout + printed.stderr;
    this.printed += text;
    const result = runResult(printed, events);
    // The SDK's message repeats the output twice. It helps only if the command did not start.
    return failure === undefined ? result : { ...result, error: text.trim() === "" ? failure : text };
  }

  private inEnvironment<T>(run: () => Promise<T>): Promise<T> {
    const result = lastRun.then(() => withEnvironment(this.env, run));
    lastRun = result.catch(() => undefined);
    return result;
  }
}

function latestOf(text: string): Deployment | undefined {
  return (JSON.parse(text) as { checkpoint: { latest?: Deployment } }).checkpoint.latest;
}

async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
  return texts.join("\n");
}
