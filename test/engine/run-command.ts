import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

/** How {@link runCommand} runs a command. */
export interface RunOptions {
  cwd?: string;
  /** The whole environment. Default: this process's own. */
  env?: NodeJS.ProcessEnv;
  /** After this many milliseconds, the command and everything that it started are killed. */
  timeoutMs: number;
  /** Runs with low priority, for commands that take minutes while other processes run. */
  yielding?: boolean;
}

/**
 * Runs a command and returns what it wrote to stdout.
 *
 * @throws when the command cannot be started, times out, or exits with a code other than 0; the message ends with the
 * last lines that it printed
 */
export async function runCommand(command: string, args: string[], options: RunOptions): Promise<string> {
  const { timeoutMs, yielding = false, ...spawnOptions } = options;
  // A process group of its own: an installer is a shell that starts curl, and both have to be killed.
  const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  if (yielding && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  let stdout = "";
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));

  const killGroup = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup();
  }, timeoutMs);
  // In its own group, the command also does not receive the terminal's Ctrl-C.
  const onInterrupt = () => {
    killGroup();
    process.exit(130);
  };
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);

  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (timedOut) throw new Error(`\`${command}\` took longer than ${timeoutMs / 1000} s`);
    if (code !== 0) throw new Error(`\`${command}\` ended with ${code ?? "a signal"}${lastLines(printed)}`);
    return stdout;
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

function lastLines(text: string): string {
  const lines = text.trim().split("\n").slice(-8).join("\n    ");
  return lines === "" ? "" : `:\n    ${lines}`;
}
