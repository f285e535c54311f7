import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Engine } from "../engine/engine";
import { runCommand } from "../engine/run-command";
import { engineEnvironment, withEnvironment } from "../lifecycle/support/environment";
import { makeFolders, NODE_MODULES } from "../lifecycle/support/open-workspace";
import { assertNoProcessLeft } from "../lifecycle/support/processes";
import type { Folders } from "../lifecycle/support/workspace";
import { makeProject, type BenchProgram } from "./build-contenders";
import { argumentsOf, revisionOf, type Operation } from "./operations";
import { childrenCpuSeconds } from "./children-cpu";
import { PeakMemory } from "./peak-memory";

const LONGEST_MS = 4 * 3_600_000;
const STATE_FILE = ".pulumi/stacks/bench/bench.json";

/** The costs of one run of the CLI. */
export interface Cost {
  seconds: number;
  /** Processor seconds of the CLI and all its children; null if the system does not report them. */
  cpuSeconds: number | null;
  /** Peak memory of the provider's process; null if it was not measured. */
  providerPeakBytes: number | null;
}

/** The options of a stack. */
export interface StackOptions {
  engine: Engine;
  program: BenchProgram;
  secrets: number;
  /** The compiled programs; see `compileContenders`. */
  compiled: string;
  /** A folder that does not exist yet. */
  root: string;
  /** For the program and the provider. */
  env: Record<string, string>;
}

/** A project with a stack, run by the CLI as a user runs it. */
export class BenchStack {
  private constructor(
    private readonly options: StackOptions,
    private readonly folders: Folders,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async open(options: StackOptions): Promise<BenchStack> {
    const { engine, program, secrets, compiled, root, env } = options;
    await mkdir(root);
    const folders = await makeFolders(root);
    await makeProject(program, compiled, folders.project, NODE_MODULES);
    const given = { ...engineEnvironment(folders), ...env, BENCH_SECRETS: String(secrets) };
    const whole = await withEnvironment(given, () => Promise.resolve({ ...process.env }));
    // A developer's own. Each Node.js process takes 40 ms to read the certificates.
    delete whole["NODE_EXTRA_CA_CERTS"];
    whole["PATH"] = `${engine.bin}${delimiter}${whole["PATH"] ?? ""}`;
    const stack = new BenchStack(options, folders, whole);
    await stack.pulumi(["stack", "init", "bench", "--non-interactive"]);
    return stack;
  }

  /** @throws with what the CLI printed last, if it failed */
  async run(operation: Operation): Promise<Cost> {
    const memory = new PeakMemory(this.folders.root, providerOf(this.options.program));
    try {
      const cpu = childrenCpuSeconds();
      const begun = performance.now();
      await this.pulumi(argumentsOf(operation), { BENCH_REVISION: String(revisionOf(operation)) });
      const seconds = (performance.now() - begun) / 1000;
      const cpuSeconds = cpu === null ? null : (childrenCpuSeconds() ?? 0) - cpu;
      return { seconds, cpuSeconds, providerPeakBytes: memory.peak };
    } finally {
      memory.stop();
    }
  }

  /** The size of the state file. */
  async stateBytes(): Promise<number> {
    return (await stat(join(this.folders.state, STATE_FILE))).size;
  }

  /** The number of resources in the state, including the stack and the provider. */
  async resources(): Promise<number> {
    const text = await readFile(join(this.folders.state, STATE_FILE), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: { resources?: unknown[] } } };
    return checkpoint.latest.resources?.length ?? 0;
  }

  /** Removes everything. @throws if a process of the stack still runs */
  async close(): Promise<void> {
    await assertNoProcessLeft(this.folders.root);
    await rm(this.folders.root, { recursive: true });
  }

  private async pulumi(args: string[], env: Record<string, string> = {}): Promise<void> {
    const options = { cwd: this.folders.project, env: { ...this.env, ...env }, timeoutMs: LONGEST_MS };
    await runCommand(this.options.engine.pulumi, args, options);
  }
}

/** A part of the command line of the process that runs the provider. */
function providerOf(program: BenchProgram): string {
  return program === "native" ? "pulumi-resource-keycard-secrets" : "dynamic-provider";
}
