import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** All that a build depends on. The lock file counts for the packages that the built files contain. */
const SOURCES = [
  "provider",
  "build",
  "build.ts",
  "tsconfig.json",
  "tsconfig.build.json",
  "package.json",
  "package-lock.json",
];

/** What a build writes first, and what it writes last. */
const FIRST = "dist/index.d.ts";
const LAST = "plugin/schema.json";

/** Whether there is a whole build, and no source is newer than its beginning. */
export function isUpToDate(root = "."): boolean {
  const [first, last] = [join(root, FIRST), join(root, LAST)];
  if (!existsSync(first) || !existsSync(last)) return false;
  const begun = statSync(first).mtimeMs;
  return begun <= statSync(last).mtimeMs && SOURCES.every((source) => newest(join(root, source)) < begun);
}

/** When a file, or anything in a folder, was changed last. A folder changes when a file is added or removed. */
function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
