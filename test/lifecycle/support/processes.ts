import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const GONE_WITHIN_MS = 3_000;

/** The programs that a test starts: the engine, its hosts and providers, and what `fromCommand` runs in the tests. */
const OURS = /^(pulumi[\w-]*|node|python[\d.]*|sh|bash|sleep)$/;

/**
 * Waits briefly until the processes that belong to a folder have ended.
 *
 * @param folder - a path that only those processes have in their environment or command line
 * @throws when some still run after 3 seconds; they are killed first
 */
export async function assertNoProcessLeft(folder: string): Promise<void> {
  const deadline = Date.now() + GONE_WITHIN_MS;
  let left = processesOf(folder);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = processesOf(folder);
  }
  if (left.length === 0) return;
  endProcesses(folder);
  const list = left.map(({ pid, command }) => `${pid} ${command}`).join("\n  ");
  throw new Error(
    `Processes of ${folder} outlived their command and were killed:\n  ${list}\n` +
      "Find out what started them, and end it with its command.",
  );
}

/** Kills our processes that belong to a folder, except this one. */
export function endProcesses(folder: string): void {
  for (const { pid } of processesOf(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // The process ended in the meantime.
    }
  }
}

/**
 * The ids of the processes that run for a folder.
 *
 * @param kind - a part of their command line, such as "dynamic-provider"
 */
export function processIds(folder: string, kind: string): number[] {
  return processesOf(folder)
    .filter(({ command }) => command.includes(kind))
    .map(({ pid }) => pid);
}

interface RunningProcess {
  pid: number;
  command: string;
}

function processesOf(folder: string): RunningProcess[] {
  const all = process.platform === "linux" ? fromProc(folder) : fromPs(folder);
  return all.filter(({ pid, command }) => pid !== process.pid && isOurs(command, folder));
}

/**
 * Whether a process that has a folder in its environment or command line was started by a test. A daemon of the session
 * that a command happens to start has the environment, too: it is not ours to count, nor to kill.
 */
export function isOurs(command: string, folder: string): boolean {
  const [program = ""] = command.split(" ");
  return command.includes(folder) || OURS.test(basename(program));
}

function fromProc(folder: string): RunningProcess[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      const belongs = command.includes(folder) || environment.includes(folder);
      // A zombie has no command line: it has ended, and waits for its parent to collect it.
      return belongs && command !== "" ? [{ pid: Number(pid), command }] : [];
    } catch {
      return [];
    }
  });
}

function fromPs(folder: string): RunningProcess[] {
  const lines = execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes(folder))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().slice(0, 200) }));
}
