import { rmSync } from "node:fs";
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../engine/engine";
import { BenchEmulator } from "./bench-emulator";
import { BenchStack } from "./bench-stack";
import { compileContenders, CONTENDERS, type BenchProgram, type Contender } from "./build-contenders";
import { revisionOf, type Operation } from "./operations";
import { planOf, type Round } from "./plan";
import type { Measurement } from "./results";

/** A stack with its own emulator. */
interface Lane {
  contender: Contender;
  stack: BenchStack;
  /** Absent for the contender that sends no request. */
  emulator: BenchEmulator | undefined;
  emptyStateBytes: number;
  /** What Keycard has after the last operation that changed something. */
  revision: number;
}

/** Runs the contenders side by side. */
export class Measuring {
  private stacks = 0;

  private constructor(
    private readonly engine: Engine,
    private readonly root: string,
    private readonly compiled: string,
  ) {}

  static async open(engine: Engine, contenders: readonly Contender[] = CONTENDERS): Promise<Measuring> {
    const root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-bench-"));
    // Also for runs that failed or were interrupted.
    process.once("exit", () => rmSync(root, { recursive: true, force: true }));
    const compiled = join(root, "compiled");
    await compileContenders(compiled);
    const measuring = new Measuring(engine, root, compiled);
    // Fills the caches of the system for all contenders.
    const [warmUp] = planOf({ sizes: [1], runs: 1, contenders, operations: ["create", "preview"] });
    if (warmUp) await measuring.run(warmUp, () => undefined);
    return measuring;
  }

  /**
   * Runs the steps of a round on a new stack of each contender.
   *
   * @param measured - called with each measurement
   */
  async run(round: Round, measured: (one: Measurement) => void): Promise<Measurement[]> {
    const lanes = new Map<Contender, Lane>();
    const measurements: Measurement[] = [];
    try {
      for (const { contender, operation, measured: isMeasured } of round.steps) {
        const lane = lanes.get(contender) ?? (await this.openLane(contender, round.secrets));
        lanes.set(contender, lane);
        const one = await measure(lane, operation, round);
        if (!isMeasured) continue;
        measurements.push(one);
        measured(one);
      }
      for (const { stack } of lanes.values()) await stack.close();
    } finally {
      for (const { emulator } of lanes.values()) await emulator?.stop();
    }
    return measurements;
  }

  /** Opens a new stack of a program. Close it in the end. */
  openStack(program: BenchProgram, secrets: number, env: Record<string, string>): Promise<BenchStack> {
    const root = join(this.root, `${++this.stacks}-${program}`);
    return BenchStack.open({ engine: this.engine, program, secrets, compiled: this.compiled, root, env });
  }

  private async openLane(contender: Contender, secrets: number): Promise<Lane> {
    const emulator = contender === "noop" ? undefined : await BenchEmulator.start();
    const stack = await this.openStack(contender, secrets, emulator?.env ?? {});
    return { contender, stack, emulator, emptyStateBytes: await stack.stateBytes(), revision: 0 };
  }
}

async function measure(
  lane: Lane,
  operation: Operation,
  { secrets, run }: Pick<Round, "secrets" | "run">,
): Promise<Measurement> {
  const { contender, stack, emulator, emptyStateBytes } = lane;
  const cost = await stack.run(operation);
  if (operation === "create" || operation === "update") lane.revision = revisionOf(operation);
  const left = operation === "destroy" ? 0 : secrets;
  const account = await emulator?.account({ secrets: left, revision: lane.revision });
  if (account?.holds === false)
    throw new Error(`${contender} did not do its work: ${operation} at ${secrets}`);
  // The stack itself and its provider are resources too.
  const expected = left === 0 ? 0 : left + 2;
  const resources = await stack.resources();
  if (resources !== expected)
    throw new Error(
      `The state of ${contender} has ${resources} resources after ${operation}, not ${expected}`,
    );
  return {
    secrets,
    run,
    operation,
    contender,
    seconds: rounded(cost.seconds, 3),
    cpuSeconds: cost.cpuSeconds === null ? null : rounded(cost.cpuSeconds, 2),
    requests: account?.requests ?? null,
    emulatorCpuSeconds: account ? rounded(account.cpuSeconds, 3) : null,
    providerPeakBytes: cost.providerPeakBytes,
    ...(operation === "create" && { stateBytes: (await stack.stateBytes()) - emptyStateBytes }),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
