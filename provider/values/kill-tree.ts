import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** The time limit for listing processes, in milliseconds. */
const LIST_MS = 2_000;

/**
 * Kills a process and all its descendants. A process group would be simpler, but a process in its own group cannot prompt on
 * the terminal.
 */
export function killTree(pid: number): void {
  if (process.platform === "win32") {
    run("taskkill", ["/pid", String(pid), "/t", "/f"]);
    return;
  }
  // Listed first, because the children of a dead process get another parent.
  for (const id of [pid, ...descendantsOf(pid)]) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}

function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [id, parent] of process.platform === "linux" ? pairsOfProc() : pairsOfPs()) {
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const found = [...(children.get(pid) ?? [])];
  // The list grows during the loop.
  for (const id of found) found.push(...(children.get(id) ?? []));
  return found;
}

/** All processes with their parents. Small images have no `ps`. */
function pairsOfProc(): [number, number][] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        // The name of a program is in parentheses, and may have spaces and parentheses.
        const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [[Number(name), Number(parent)]];
      } catch {
        return [];
      }
    });
}

function pairsOfPs(): [number, number][] {
  return run("ps", ["-A", "-o", "pid=,ppid="])
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([id, parent]): [number, number][] => (id && parent !== undefined ? [[id, parent]] : []));
}

/** The output of a program; empty if it fails. */
function run(program: string, args: string[]): string {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync(program, args, { timeout: LIST_MS, stdio, windowsHide: true, encoding: "utf8" });
  } catch {
    return "";
  }
}
