import { BenchEmulator } from "./bench-emulator";
import type { BenchStack } from "./bench-stack";
import type { Measuring } from "./measure";
import type { OnePreview } from "./results";

const PROGRAMS = ["empty", "ours", "native"] as const;

/**
 * Previews one secret through each door and a program without resources, in turns.
 *
 * @param times - the number of turns
 * @param measured - called with the figures of each turn
 */
export async function measureOne(
  measuring: Measuring,
  times: number,
  measured: (one: OnePreview) => void,
): Promise<OnePreview[]> {
  const emulator = await BenchEmulator.start();
  const stacks: { program: keyof OnePreview; stack: BenchStack }[] = [];
  try {
    for (const program of PROGRAMS) {
      const stack = await measuring.openStack(program, 1, emulator.env);
      stacks.push({ program, stack });
      await stack.run("create");
    }
    const all: OnePreview[] = [];
    for (let time = 0; time < times; time++) {
      const one: OnePreview = { empty: 0, ours: 0, native: 0 };
      for (const { program, stack } of time % 2 === 0 ? stacks : stacks.toReversed()) {
        one[program] = Number((await stack.run("preview")).seconds.toFixed(3));
      }
      all.push(one);
      measured(one);
    }
    for (const { stack } of stacks) await stack.close();
    return all;
  } finally {
    await emulator.stop();
  }
}
