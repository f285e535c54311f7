import { execFile, type ExecFileException } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { redact } from "../safety/redact";
import { unreadable } from "./unreadable-source";
import type { CommandSource } from "./value-source";

const TIMEOUT_SECONDS = 30;
const MOST_BYTES = 1024 * 1024;
const LONGEST_LINE = 300;

/** Variables whose values a tool may repeat where it complains. */
const SECRET_VARIABLE = /token|secret|pass|pwd|key|credential|auth/i;

/**
 * Runs a command without a shell, in the program's folder and with our environment, and returns its stdout.
 *
 * @param hidden - what no error may show
 * @throws an error made by `unreadable`, with how the command ended and the last line of its stderr
 */
export function runCommand(source: CommandSource, hidden: () => readonly string[]): Promise<Buffer> {
  const [program = "", ...args] = source.fromCommand;
  const { timeoutSeconds = TIMEOUT_SECONDS } = source;
  return new Promise((resolve, reject) => {
    const options = {
      encoding: "buffer",
      timeout: timeoutSeconds * 1000,
      killSignal: "SIGKILL",
      maxBuffer: MOST_BYTES,
      windowsHide: true,
    } as const;
    // Not in a process group of its own, so that it ends with the provider and a tool may still ask on the terminal.
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const end = endOf(error, program, timeoutSeconds);
      const words = lastLine(stderr.toString(), [...hidden(), ...wordsOf(stdout.toString()), ...variables()]);
      reject(unreadable(source, words ? `${end}: ${words}` : end));
    });
    child.stdin?.end();
  });
}

function endOf({ code, signal, killed }: ExecFileException, program: string, timeoutSeconds: number): string {
  if (typeof code === "number") return `ended with status ${code}`;
  if (code === "ENOENT") return `could not start, as there is no program ${program} (looked for on the PATH)`;
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
    return `wrote more than ${MOST_BYTES} bytes and was killed`;
  if (code) return `could not start (${code})`;
  return killed ? `was killed after ${timeoutSeconds} seconds` : `was ended by ${signal}`;
}

function lastLine(stderr: string, values: readonly string[]): string {
  const clean = stripVTControlCharacters(redact(stderr, values));
  return (
    clean
      .trimEnd()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim()
      .slice(0, LONGEST_LINE) ?? ""
  );
}

/** A command that fails may have written a value before. */
function wordsOf(stdout: string): string[] {
  return [stdout.trim(), ...stdout.split(/\r?\n/).map((line) => line.trim())].filter((text) => text !== "");
}

function variables(): string[] {
  return Object.entries(process.env)
    .filter(([name, value]) => SECRET_VARIABLE.test(name) && (value?.length ?? 0) >= 8)
    .map(([, value]) => value ?? "");
}
