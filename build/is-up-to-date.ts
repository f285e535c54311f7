import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Everything that a build depends on. The lock file stands for the bundled packages. */
const SOURCES = [
  "provider",
  "build",
  "build.ts",
  "tsconfig.json",
  "tsconfig.build.json",
  "package.json",
  "package-lock.json",
];

/** The first and the last file that a build writes. */
const FIRST = "dist/index.d.ts";
const LAST = "plugin/schema.json";

/** True if there is a complete build, and no source is newer than its beginning. */
export function isUpToDate(root = "."): boolean {
  const [first, last] = [join(root, FIRST), join(root, LAST)];
  if (!existsSync(first) || !existsSync(last)) return false;
  const begun = statSync(first).mtimeMs;
  return begun <= statSync(last).mtimeMs && SOURCES.every((source) => newest(join(root, source)) < begun);
}

/** When a file, or anything in a folder, was last changed. A folder changes when a file is added or removed. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
