import { readFileSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import ts from "typescript";
import type { Engine } from "../engine/engine";
import { runCommand } from "../engine/run-command";
import { startKeycard, type Keycard, type LoggedRequest } from "../emulator";
import { engineEnvironment, withEnvironment } from "../lifecycle/support/environment";
import { makeFolders } from "../lifecycle/support/open-workspace";
import { assertNoProcessLeft, processIds } from "../lifecycle/support/processes";
import type { Folders } from "../lifecycle/support/workspace";
import type { Sample } from "./results";

const PROGRAMS = join(__dirname, "contenders");
const STATE_FILE = ".pulumi/stacks/bench/bench.json";
const PLUGIN = "packages:\n  keycard-secrets: ./node_modules/pulumi-keycard/plugin\n";
// A developer's own. Each Node.js process takes 40 ms to read the certificates.
const NOT_GIVEN = ["NODE_EXTRA_CA_CERTS", "NODE_COMPILE_CACHE", "NODE_OPTIONS"];

const UP = ["up", "--yes", "--skip-preview"];
/** What is done with a stack, in the order of tables and charts. */
export const OPERATIONS = {
  create: UP,
  unchanged: UP,
  preview: ["preview"],
  update: UP,
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

export type Operation = keyof typeof OPERATIONS;

/** What the stacks run with: the `node` binary, the `node_modules` that programs see, and a folder of this run. */
export interface Tools {
  engine: Engine;
  node: string;
  modules: string;
  root: string;
}

/** A program in `contenders/` with its settings. */
export interface Setting {
  /** As {@link Sample} has it. */
  who: string;
  program: "noop" | "ours" | "native" | "conventional" | "empty";
  env?: Record<string, string>;
  /** The variable with a folder for compiled code, which is emptied before each run if it should be cold. */
  cache?: { variable: string; isCold: boolean };
  /** It takes part in so many turns only. */
  turns?: number;
}

/**
 * Compiles the programs to plain JavaScript, because ts-node would compile them in every run, which costs a second or two.
 * What a bundler writes, the SDK could not serialize for the conventional provider.
 */
export async function compilePrograms({ root }: Tools): Promise<void> {
  const target = ts.ScriptTarget.ES2022;
  const compilerOptions = { target, module: ts.ModuleKind.CommonJS, esModuleInterop: true };
  for (const entry of (await readdir(PROGRAMS, { recursive: true })).filter((name) => name.endsWith(".ts"))) {
    const source = await readFile(join(PROGRAMS, entry), "utf8");
    const file = join(root, "programs", entry.replace(/ts$/, "js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, ts.transpileModule(source, { compilerOptions }).outputText);
  }
}

let opened = 0;

/** A project with a stack and an emulator of its own, run by the CLI as a user runs it. */
export class BenchStack {
  private emptyBytes = 0;
  /** What the program has declared since the last `up`. */
  private declared = 0;
  private revision = 1;

  private constructor(
    readonly setting: Setting,
    private readonly pulumi: string,
    private readonly secrets: number,
    private readonly keycard: Keycard,
    private readonly folders: Folders,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async open(tools: Tools, setting: Setting, secrets: number): Promise<BenchStack> {
    const { engine, node, modules, root } = tools;
    const { program, env, cache } = setting;
    const folder = join(root, `${++opened}-${program}`);
    await mkdir(folder);
    const folders = await makeFolders(folder);
    await cp(join(root, "programs"), folders.project, { recursive: true });
    // As users write it. The language host then loads ts-node for a program in plain JavaScript too, whose source maps make
    // each stack trace expensive that the SDK formats.
    const project = `name: bench\nruntime: nodejs\nmain: ${program}.js\n${program === "native" ? PLUGIN : ""}`;
    await writeFile(join(folders.project, "Pulumi.yaml"), project);
    await writeFile(join(folders.project, "package.json"), `{"name":"bench","main":"${program}.js"}`);
    await symlink(modules, join(folders.project, "node_modules"));
    const keycard = await startKeycard();
    const given = {
      ...engineEnvironment(folders),
      KEYCARD_ENDPOINT: keycard.url,
      KEYCARD_CLIENT_ID: keycard.clientId,
      KEYCARD_CLIENT_SECRET: keycard.clientSecret,
      // The plugin keeps its compiled code there.
      XDG_CACHE_HOME: join(root, "cache"),
      BENCH_SECRETS: String(secrets),
      ...env,
      ...(cache && { [cache.variable]: join(folder, "compiled") }),
    };
    const whole = await withEnvironment(given, () => Promise.resolve({ ...process.env }));
    for (const name of NOT_GIVEN.filter((name) => !(name in given))) delete whole[name];
    whole["PATH"] = [engine.bin, dirname(node), whole["PATH"]].join(delimiter);
    const stack = new BenchStack(setting, engine.pulumi, secrets, keycard, folders, whole);
    await stack.call(["stack", "init", "bench"]);
    stack.emptyBytes = (await stack.state()).bytes;
    return stack;
  }

  /** Runs an operation. @throws if it failed, or did not do its work */
  async run(operation: Operation): Promise<Partial<Sample>> {
    const { folders, secrets, keycard } = this;
    const { program, cache } = this.setting;
    if (operation === "create") [this.declared, this.revision] = [secrets, 1];
    if (operation === "destroy") this.declared = 0;
    if (operation === "update") this.revision++;
    if (cache?.isCold) await rm(join(folders.root, "compiled"), { recursive: true, force: true });

    // A create only prepares the runs that read one value after the other.
    const reads = operation === "create" && { KEYCARD_PARALLEL_READS: "50" };
    const env = { BENCH_REVISION: String(this.revision), ...reads };
    const peak = watchMemory(folders.root, program);
    const [begun, own, cpu] = [performance.now(), process.cpuUsage(), childrenCpuSeconds()];
    await this.call(OPERATIONS[operation], env).finally(peak.stop);
    const [seconds, cpuSeconds] = [(performance.now() - begun) / 1000, childrenCpuSeconds() - cpu];
    const { user, system } = process.cpuUsage(own);
    const { bytes, resources } = await this.state();
    // The stack itself and the provider are resources, too.
    const isDone = secrets === 0 || resources === (this.declared && this.declared + 2);
    const held = keycard.secrets().length;
    if (!isDone || held !== (program === "noop" ? 0 : this.declared))
      throw new Error(`${operation} of ${secrets} left ${resources} resources, and ${held} in Keycard`);
    const requests: Record<string, number> = {};
    for (const kind of [...keycard.tokenRequests, ...keycard.requests].map(kindOf))
      requests[kind] = (requests[kind] ?? 0) + 1;
    keycard.clearLog();
    return {
      seconds: rounded(seconds),
      ...(cpuSeconds > 0 && { cpuSeconds: rounded(cpuSeconds) }),
      emulatorSeconds: rounded((user + system) / 1e6),
      ...(peak.bytes > 0 && { providerBytes: peak.bytes }),
      ...(operation === "create" && { stateBytes: bytes - this.emptyBytes }),
      ...(program !== "noop" && { requests }),
    };
  }

  /** Removes everything. @throws if a process of the stack still runs */
  async close(): Promise<void> {
    await this.keycard.close();
    await assertNoProcessLeft(this.folders.root);
    await rm(this.folders.root, { recursive: true });
  }

  private async call(args: string[], env: Record<string, string> = {}): Promise<void> {
    const options = { cwd: this.folders.project, env: { ...this.env, ...env }, timeoutMs: 3_600_000 };
    await runCommand(this.pulumi, [...args, "--non-interactive", "--color", "never"], options);
  }

  private async state(): Promise<{ bytes: number; resources: number }> {
    const text = await readFile(join(this.folders.state, STATE_FILE), "utf8");
    const { latest } = (JSON.parse(text) as { checkpoint: { latest?: { resources?: [] } } }).checkpoint;
    return { bytes: Buffer.byteLength(text), resources: latest?.resources?.length ?? 0 };
  }
}

function kindOf({ method, path }: LoggedRequest): string {
  if (!path.startsWith("/zones/")) return "token";
  return method === "GET" && path.endsWith("/secrets") ? "list" : method.toLowerCase();
}

/** Processor seconds of this process's children that have ended, and of their children; 0 if the system does not say. */
export function childrenCpuSeconds(): number {
  if (process.platform !== "linux") return 0;
  // The name of the program, in brackets, may contain any character. Linux counts in hundredths, on every machine.
  const fields = readFileSync("/proc/self/stat", "utf8").replace(/.*\) /s, "").split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Watches the provider of a program. The system keeps its highest figure. */
function watchMemory(folder: string, program: string): { bytes: number; stop: () => void } {
  const kind = program === "native" ? "pulumi-resource-keycard" : "dynamic-provider";
  const peak = { bytes: 0, stop: () => clearInterval(timer) };
  let [pids, polls]: [number[], number] = [[], 0];
  const timer = setInterval(() => {
    // To search for processes costs more than to read known ones.
    if (polls++ % 5 === 0) pids = process.platform === "linux" ? processIds(folder, kind) : [];
    for (const pid of pids) {
      try {
        const [, kilobytes = 0] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        peak.bytes = Math.max(peak.bytes, Number(kilobytes) * 1024);
      } catch {
        // It has ended.
      }
    }
  }, 50);
  return peak;
}

export const rounded = (figure: number) => Number(figure.toFixed(3));
