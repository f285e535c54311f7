import { execFile, type ExecFileException } from "node:child_process";
import { commandEnvironment } from "./command-environment";
import { killTree } from "./kill-tree";
import { argumentSecrets, environmentSecrets } from "../safety/secrets-in-text";
import { REDACTED, LONGEST_SEARCHED, safeText } from "../safety/redact";
import { isUnreadable, unreadable } from "./unreadable-source";
import type { CommandSource } from "./value-source";

const TIMEOUT_SECONDS = 30;
const MOST_BYTES = 1024 * 1024;
const LONGEST_LINE = 300;

/** How long output may still arrive after a command has ended, in milliseconds. */
const REST_MS = 500;

/** Shorter lines may occur in any text by chance. */
const SHORTEST_LINE = 4;

/**
 * Runs a command without a shell, in the program's folder and with our environment except our own credentials. Returns what
 * it has written to stdout when it ends. A process that it leaves behind may keep stdout open, as an agent does.
 *
 * @param hidden - the values that no error may show
 * @throws an error of `unreadable`, with how the command ended and the last line of its stderr
 */
export function runCommand(source: CommandSource, hidden: () => readonly string[]): Promise<Buffer> {
  const [program = "", ...args] = source.fromCommand;
  const { timeoutSeconds = TIMEOUT_SECONDS, passEnv = [] } = source;
  return new Promise<Buffer>((resolve, reject) => {
    const options = {
      encoding: "buffer",
      killSignal: "SIGKILL",
      maxBuffer: MOST_BYTES,
      windowsHide: true,
      env: commandEnvironment(process.env, passEnv),
    } as const;
    let isTimedOut = false;
    // Not in its own process group, so that it ends with the provider, and can prompt on the terminal.
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      clearTimeout(timeout);
      clearTimeout(rest);
      if (!error) return resolve(stdout);
      const end = isTimedOut ? `was killed after ${timeoutSeconds} seconds` : endOf(error, program);
      const words = lastLine(stderr.toString(), [
        ...hidden(),
        ...wordsOf(stdout.toString()),
        ...argumentSecrets(args),
        ...environmentSecrets(process.env),
      ]);
      reject(unreadable(source, words ? `${end}: ${words}` : end));
    });
    const closeStreams = () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    let rest: NodeJS.Timeout | undefined;
    const timeout = setTimeout(() => {
      isTimedOut = child.exitCode === null && child.signalCode === null;
      if (isTimedOut && child.pid !== undefined) killTree(child.pid);
      closeStreams();
    }, timeoutSeconds * 1000);
    child.once("exit", () => {
      clearTimeout(timeout);
      // Output that has arrived is read first, even if this process was busy for longer.
      rest = setTimeout(() => setImmediate(closeStreams), REST_MS);
    });
    child.stdin?.end();
  }).catch((error: unknown) => {
    // Some commands fail before they start, with an error that repeats their arguments.
    if (isUnreadable(error)) throw error;
    throw unreadable(source, endOf(error as ExecFileException, program));
  });
}

function endOf({ code, signal }: ExecFileException, program: string): string {
  if (typeof code === "number") return `ended with status ${code}`;
  if (code === "ENOENT") return `could not start: \`${program}\` was not found on PATH`;
  if (code === "E2BIG") return "could not start: its arguments and variables are too long (E2BIG)";
  if (code === "EACCES") return `could not start: \`${program}\` is not an executable file (EACCES)`;
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return `wrote more than ${MOST_BYTES} bytes and was killed`;
  if (code) return `could not start (${code})`;
  return `was ended by ${signal}`;
}

function lastLine(stderr: string, values: readonly string[]): string {
  const tail = stderr.trimEnd().slice(-LONGEST_SEARCHED);
  const [line = "", ...before] = tail.split(/[\r\n]+/).reverse();
  // A line that is longer than the searched part may begin with half a value.
  if (before.length === 0 && stderr.trimEnd().length > tail.length) return REDACTED;
  const shown = safeText(line, values);
  // A value may begin in an earlier line.
  return safeText(tail, values).endsWith(shown) ? shown.slice(0, LONGEST_LINE) : REDACTED;
}

/** A failing command may already have written a value. */
function wordsOf(stdout: string): string[] {
  const lines = stdout.split(/[\r\n]+/).map((line) => line.trim());
  return [stdout.trim(), ...new Set(lines.filter((line) => line.length >= SHORTEST_LINE))];
}
