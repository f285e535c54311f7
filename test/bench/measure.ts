import { rmSync } from "node:fs";
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../engine/engine";
import { BenchEmulator } from "./bench-emulator";
import { BenchStack } from "./bench-stack";
import { compileContenders, SIDE_BY_SIDE, type Contender } from "./build-contenders";
import { OPERATIONS, revisionOf, type Operation } from "./operations";
import type { Measurement } from "./results";

/** A stack, and the emulator that it alone uses. */
interface Lane {
  contender: Contender;
  stack: BenchStack;
  /** Absent for the contender that makes no request. */
  emulator: BenchEmulator | undefined;
  emptyStateBytes: number;
  /** What Keycard holds after the last operation that changed something. */
  revision: number;
}

/** Runs the contenders side by side. */
export class Measuring {
  private lanes = 0;

  private constructor(
    private readonly engine: Engine,
    private readonly root: string,
    private readonly compiled: string,
  ) {}

  static async open(engine: Engine): Promise<Measuring> {
    const root = await mkdtemp(join(await realpath(tmpdir()), "pulumi-keycard-bench-"));
    // Of runs that failed or were interrupted too.
    process.once("exit", () => rmSync(root, { recursive: true, force: true }));
    const compiled = join(root, "compiled");
    await compileContenders(compiled);
    // Whatever the system caches is cached then, for all alike.
    const measuring = new Measuring(engine, root, compiled);
    await measuring.run(1, 1, () => undefined);
    return measuring;
  }

  /**
   * Runs every operation on a new stack of each contender, those of one operation one right after the other.
   *
   * @param run - counts from 1; every other one goes the other way
   * @param measured - is told each measurement
   */
  async run(secrets: number, run: number, measured: (one: Measurement) => void): Promise<Measurement[]> {
    const lanes: Lane[] = [];
    const measurements: Measurement[] = [];
    try {
      for (const contender of SIDE_BY_SIDE) lanes.push(await this.openLane(contender, secrets));
      for (const operation of OPERATIONS) {
        for (const lane of run % 2 === 0 ? lanes.toReversed() : lanes) {
          const one = await measure(lane, operation, secrets, run);
          measurements.push(one);
          measured(one);
        }
      }
      for (const { stack } of lanes) await stack.close();
    } finally {
      for (const { emulator } of lanes) await emulator?.stop();
    }
    return measurements;
  }

  private async openLane(contender: Contender, secrets: number): Promise<Lane> {
    const emulator = contender === "floor" ? undefined : await BenchEmulator.start();
    const stack = await BenchStack.open({
      engine: this.engine,
      contender,
      secrets,
      compiled: this.compiled,
      root: join(this.root, `${++this.lanes}-${contender}`),
      env: emulator?.env ?? {},
    });
    return { contender, stack, emulator, emptyStateBytes: await stack.stateBytes(), revision: 0 };
  }
}

async function measure(lane: Lane, operation: Operation, secrets: number, run: number): Promise<Measurement> {
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
