import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BenchEmulator } from "./bench-emulator";
import type { BenchStack } from "./bench-stack";
import type { Measuring } from "./measure";
import type { CompiledPreview } from "./results";

const SECRETS = 10;

/** The variables with which compiled code is kept: nowhere, by the plugin for itself, and by every process. */
const KEPT = {
  nowhere: () => ({ NODE_DISABLE_COMPILE_CACHE: "1" }),
  byPlugin: (folder: string) => ({ XDG_CACHE_HOME: folder, NODE_COMPILE_CACHE: "" }),
  everywhere: (folder: string) => ({ NODE_COMPILE_CACHE: folder }),
};

/** As {@link CompiledPreview} names them. */
const WAYS = [
  ["ours", "nowhere"],
  ["ours", "everywhere"],
  ["native", "nowhere"],
  ["native", "byPlugin"],
  ["native", "everywhere"],
] as const;

/**
 * Previews ten secrets through each door without kept code, with an empty folder for it, and with one that the preview before
 * has filled, in turns.
 *
 * @param root - a folder for compiled code
 */
export async function measureCompiled(
  measuring: Measuring,
  times: number,
  root: string,
  measured: (one: CompiledPreview) => void,
): Promise<CompiledPreview[]> {
  const emulator = await BenchEmulator.start();
  try {
    const lanes: { key: string; folder: string; isKept: boolean; stack: BenchStack }[] = [];
    for (const [door, kept] of WAYS) {
      const folder = join(root, `${door}-${kept}`);
      const stack = await measuring.openStack(door, SECRETS, { ...emulator.env, ...KEPT[kept](folder) });
      await stack.run("create");
      lanes.push({ key: `${door} ${kept}`, folder, isKept: kept !== "nowhere", stack });
    }
    const all: CompiledPreview[] = [];
    for (let time = 0; time < times; time++) {
      const one: CompiledPreview = {};
      for (const { key, folder, isKept, stack } of time % 2 === 0 ? lanes : lanes.toReversed()) {
        const preview = async () => Number((await stack.run("preview")).seconds.toFixed(3));
        if (isKept) {
          await rm(folder, { recursive: true, force: true });
          one[`${key}, cold`] = await preview();
        }
        one[isKept ? `${key}, warm` : key] = await preview();
      }
      all.push(one);
      measured(one);
    }
    for (const { stack } of lanes) await stack.close();
    return all;
  } finally {
    await emulator.stop();
  }
}
