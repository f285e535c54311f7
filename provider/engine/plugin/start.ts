import { lstatSync, mkdirSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** What Node.js 22.1 and later have, and the types of Node.js 20 lack. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

/**
 * Lets Node.js keep the compiled code of the plugin in a folder of the user, and starts the plugin. With
 * `NODE_COMPILE_CACHE` set, Node.js already keeps it there. `NODE_DISABLE_COMPILE_CACHE` forbids it.
 */
function start(): void {
  const folder = compileCacheFolder();
  // Never the default of Node.js: that is a folder for temporary files, in which others could have put code.
  if (folder !== undefined) (nodeModule as CompileCache).enableCompileCache?.(folder);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded before the cache
  require("./server.js");
}

/**
 * The folder for compiled code, created if it is missing. Undefined if others could write there, because Node.js would run
 * what they wrote, and on systems that do not tell.
 */
function compileCacheFolder(): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  try {
    const { XDG_CACHE_HOME: cache = "" } = process.env;
    const own = join(cache === "" ? join(homedir(), ".cache") : cache, "pulumi-keycard");
    const folder = join(own, "compiled");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const parents = [dirname(own), dirname(dirname(own))];
    return [folder, own, ...parents].every((path) => isPrivate(path, uid)) ? folder : undefined;
  } catch {
    // There is no home, or it is read-only.
    return undefined;
  }
}

/** Whether only this user, or root, can replace what is in a folder. */
function isPrivate(path: string, uid: number): boolean {
  const { uid: owner, mode } = lstatSync(path);
  return (owner === uid || owner === 0) && (mode & 0o022) === 0;
}

start();
