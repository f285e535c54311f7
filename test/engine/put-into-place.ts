import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const LEFT_BEHIND_AFTER_MS = 3_600_000;

/**
 * Creates a folder completely or not at all: `fill` works in a temporary sibling, which is renamed at the end. An
 * interrupted run leaves no partial folder at `target`, and two runs at the same time do no harm.
 *
 * @param check - rejects if a folder is incomplete
 */
export async function putIntoPlace(
  target: string,
  fill: (folder: string) => Promise<void>,
  check: (folder: string) => Promise<unknown>,
): Promise<void> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await removeLeftBehind(parent, basename(target));
  const partial = await mkdtemp(`${target}.partial-`);
  try {
    await fill(partial);
    await check(partial);
    await moveTo(target, partial, check);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function moveTo(
  target: string,
  folder: string,
  check: (folder: string) => Promise<unknown>,
): Promise<void> {
  try {
    await rename(folder, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    const isWhole = await check(target).then(
      () => true,
      () => false,
    );
    // Another run was quicker, and may already use its folder.
    if (isWhole) return;
    const old = await mkdtemp(`${target}.partial-`);
    await rename(target, join(old, "replaced"));
    await rename(folder, target);
    await rm(old, { recursive: true, force: true });
  }
}

async function removeLeftBehind(parent: string, name: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(`${name}.partial-`)) continue;
    const folder = join(parent, entry);
    const changed = await stat(folder).catch(() => undefined);
    if (changed !== undefined && Date.now() - changed.mtimeMs > LEFT_BEHIND_AFTER_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
