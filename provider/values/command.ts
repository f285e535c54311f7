import { execFileSync, execFile, type ExecFileException } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { VARIABLES, type Environment } from "../config/places";
import { argumentSecrets, environmentSecrets } from "../safety/secrets-in-text";
import { REDACTED, LONGEST_SEARCHED, safeText } from "../safety/redact";
import { isSourceError, sourceError } from "./source-error";
import type { CommandSource } from "./types";

/** Variables that decrypt the state or authenticate with Pulumi Cloud. Pulumi passes them to its plugins. */
const PULUMI_VARIABLES = [
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
];

const WITHHELD = new Set<string>([...PULUMI_VARIABLES, ...VARIABLES.clientSecret, ...VARIABLES.accessToken]);

/**
 * The variables that a command gets: all of ours except the credentials of Pulumi and of Keycard.
 *
 * @param passed - the names of credentials that it gets nevertheless
 */
function commandEnvironment(env: Environment, passed: readonly string[]): Environment {
  // On Windows, names are case-insensitive.
  const isWithheld = (name: string) => WITHHELD.has(name.toUpperCase()) && !passed.includes(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isWithheld(name)));
}

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
 * @throws an error of `sourceError`, with how the command ended and the last line of its stderr
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
      reject(sourceError(source, words ? `${end}: ${words}` : end));
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
    if (isSourceError(error)) throw error;
    throw sourceError(source, endOf(error as ExecFileException, program));
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
