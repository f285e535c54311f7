import { type ExecFileException, execFile, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { type Environment, VARIABLES } from "../config/settings";
import {
  HiddenValues,
  LONGEST_SEARCHED,
  REDACTED,
  argumentSecrets,
  environmentSecrets,
  safeText,
  secretsWithin,
} from "../safety/redact";
import { FEWER_FILES, TOO_MANY_FILES, isSourceError, sourceError } from "./source-error";
import type { CommandSource } from "./types";

/**
 * Variables that decrypt the state, authenticate with Pulumi Cloud, or name the backend, whose address may have a password, which
 * Pulumi passes to its plugins; and the credentials of Keycard.
 */
const WITHHELD = new Set<string>([
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_BACKEND_URL",
  "PULUMI_CONFIG",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  ...VARIABLES.clientSecret,
  ...VARIABLES.accessToken,
]);

/**
 * The variables that a command gets: all of ours, and of the credentials of Pulumi and Keycard those that are passed.
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
  try {
    for (const [id, parent] of process.platform === "linux" ? pairsOfProc() : pairsOfPs()) {
      children.set(parent, [...(children.get(parent) ?? []), id]);
    }
  } catch {
    // Without the list, as with the permissions of Node.js or too many open files, at least the process itself is killed.
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
  return spawnSync(program, args, { timeout: LIST_MS, windowsHide: true, encoding: "utf8" }).stdout ?? "";
}

const TIMEOUT_SECONDS = 30;
const MOST_BYTES = 1024 * 1024;
/** How long output may still arrive after a command has ended, in milliseconds. */
const REST_MS = 500;
/** How long a killed command may take to end, in milliseconds. */
const KILLED_MS = 2_000;

/** Shorter lines may occur in any text by chance. */
const SHORTEST_LINE = 4;

const running = new Set<number>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function endCommands(): void {
  for (const pid of running) killTree(pid);
}

/** A command ends with this process, however that ends: a signal would end this process alone. */
function endWithProcess(pid: number): () => void {
  if (running.size === 0) watch("on");
  running.add(pid);
  return () => {
    if (running.delete(pid) && running.size === 0) watch("off");
  };
}

function watch(how: "on" | "off"): void {
  process[how]("exit", endCommands);
  for (const signal of SIGNALS) process[how](signal, endBySignal);
}

function endBySignal(signal: NodeJS.Signals): void {
  endCommands();
  watch("off");
  process.kill(process.pid, signal);
}

interface CommandOutput {
  stdout: Buffer;
  /** Returns what of its stderr may be shown, in one line; empty if there is nothing. */
  cause: () => string;
}

/**
 * Runs a command without a shell, in the program's folder and with our environment except our own credentials. Returns what
 * it has written when it ends. A process that it leaves behind may keep stdout open, as an agent does.
 *
 * @throws an error of `sourceError`, with how the command ended and the cause that it has written to stderr
 */
export function runCommand(source: CommandSource, hidden: () => HiddenValues): Promise<CommandOutput> {
  const [program = "", ...args] = source.fromCommand;
  const { timeoutSeconds = TIMEOUT_SECONDS, passEnv = [] } = source;
  return new Promise<CommandOutput>((resolve, reject) => {
    const options = {
      encoding: "buffer",
      killSignal: "SIGKILL",
      maxBuffer: MOST_BYTES,
      windowsHide: true,
      env: commandEnvironment(process.env, passEnv),
    } as const;
    let isTimedOut = false;
    // Not in its own process group, so that it can prompt on the terminal.
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      clearTimeout(timeout);
      clearTimeout(rest);
      const cause = () => {
        const own = [...linesOf(stdout.toString()), ...environmentSecrets(process.env)];
        return causeIn(stderr.toString(), args, new HiddenValues(own, hidden()));
      };
      if (!error) return resolve({ stdout, cause });
      const [event, remedy] = isTimedOut
        ? [
            `was killed after ${timeoutSeconds} seconds`,
            "raise `timeoutSeconds`, or let the command ask for nothing.",
          ]
        : endOf(error, program);
      const said = cause();
      reject(sourceError(source, said ? `${event}: ${said}` : event, remedy ?? remedyFor(said, error.code)));
    });
    const hasEnded = child.pid === undefined ? undefined : endWithProcess(child.pid);
    const closeStreams = () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    let rest: NodeJS.Timeout | undefined;
    const timeout = setTimeout(() => {
      isTimedOut = child.exitCode === null && child.signalCode === null;
      if (isTimedOut && child.pid !== undefined) killTree(child.pid);
      closeStreams();
      rest = setTimeout(() => {
        // A process of another user, such as that of sudo, cannot be killed, and must not hold up the run.
        child.unref();
        const event = `did not end within ${timeoutSeconds} seconds, and could not be killed`;
        reject(
          sourceError(source, event, `end the process ${child.pid}, and let the command ask for nothing.`),
        );
      }, KILLED_MS);
    }, timeoutSeconds * 1000);
    child.once("exit", () => {
      clearTimeout(timeout);
      hasEnded?.();
      // Output that has arrived is read first, even if this process was busy for longer.
      clearTimeout(rest);
      rest = setTimeout(() => setImmediate(closeStreams), REST_MS);
    });
    child.stdin?.end();
  }).catch((error: unknown) => {
    // Some commands fail before they start, with an error that repeats their arguments.
    if (isSourceError(error)) throw error;
    throw sourceError(source, ...endOf(error as ExecFileException, program));
  });
}

const MORE_PROCESSES =
  "raise the limit, which is `ulimit -u` or that of the container, or end other processes.";

const START_FAILURES: Record<string, (program: string) => [why: string, remedy: string]> = {
  ENOENT: (program) =>
    /[/\\]/.test(program)
      ? [
          `\`${program}\` (seen from ${process.cwd()}), or the interpreter that it names, does not exist`,
          "put it there before `pulumi up` runs, or correct the path.",
        ]
      : [
          `\`${program}\` was not found on PATH`,
          "install it where `pulumi up` runs, or write its whole path.",
        ],
  E2BIG: () => ["its arguments and variables are too long (E2BIG)", "pass what is long in a file."],
  EACCES: (program) => [
    `\`${program}\` is not an executable file (EACCES)`,
    "make it executable, or name a program that is.",
  ],
  EPERM: (program) => [
    `the system forbids this user to run \`${program}\` (EPERM)`,
    "allow it where `pulumi up` runs.",
  ],
  EAGAIN: () => ["this user may have no more processes (EAGAIN)", MORE_PROCESSES],
  ENOMEM: () => ["there is not enough memory (ENOMEM)", "free some, or raise the limit of the container."],
  EMFILE: () => [TOO_MANY_FILES, FEWER_FILES],
  ENFILE: () => ["the system has too many open files (ENFILE)", "end other processes, or raise its limit."],
  ERR_ACCESS_DENIED: () => [
    "Node.js may not start programs (ERR_ACCESS_DENIED)",
    "add --allow-child-process to its options, beside --permission.",
  ],
  ERR_INVALID_ARG_VALUE: () => ["an argument has a null character (ERR_INVALID_ARG_VALUE)", "remove it."],
};

/** How a command ended, and what to do about it, unless its own words tell. */
function endOf({ code, signal }: ExecFileException, program: string): [event: string, remedy?: string] {
  if (typeof code === "number") return [`ended with status ${code}`];
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return [`wrote more than ${MOST_BYTES} bytes and was killed`, "make the command write the value alone."];
  }
  if (code) {
    const unknown = [code, "find out what keeps it from starting where `pulumi up` runs."] as const;
    const [why, remedy] = START_FAILURES[code]?.(program) ?? unknown;
    return [`could not start: ${why}`, remedy];
  }
  return [
    `was ended by ${signal}`,
    "find out what ended it, such as a limit of memory or the end of the run.",
  ];
}

/** What to do about a command that failed, as its words suggest. */
function remedyFor(cause: string, code: unknown): string {
  if (/credential|logged|log in|login|sign(ed)? in|session|expired|unauthori[sz]ed|authenticat/i.test(cause))
    return "log in to the tool, or set its credentials, where `pulumi up` runs.";
  if (/not found|no such|not exist|not in the|can't find|could not find/i.test(cause))
    return "correct the command, or add there what it does not find.";
  if (/\bfork\b|resource temporarily unavailable|EAGAIN/i.test(cause)) return MORE_PROCESSES;
  if (/too many open files|EMFILE/i.test(cause)) return FEWER_FILES;
  // What a shell, `env` and `sudo` end with.
  if (code === 127) return "install the program that the command starts, or write its whole path.";
  if (code === 126) return "make the program that the command starts executable.";
  return "make sure that the command runs non-interactively where `pulumi up` runs.";
}

/** A failing command may already have written a value. */
function linesOf(stdout: string): string[] {
  const lines = stdout.split(/[\r\n]+/).map((line) => line.trim());
  return [stdout.trim(), ...new Set(lines.filter((line) => line.length >= SHORTEST_LINE))];
}

const LONGEST_CAUSE = 300;

/** A line that says why a command failed. */
const STATES_CAUSE =
  /\b(errors?|exception|fail(ed|ure|s)?|fatal|panic|denied|forbidden|unauthori[sz]ed|refused|expired|invalid|incorrect|can ?not|could ?n[o']t|can't|unable|unknown|unexpected|missing|required?|locked|timed? ?out|not (found|exist|in|set|have|logged|authenticated|signed|valid|allowed|permitted|supported|available|a)|no such|no \S+ (\S+ )?(found|keys?|credentials|token|given|available)|does(n't| not))\b|\w(Error|Exception)\b/i;

/** A line without a cause, whatever words it has: usage, advice, warnings, a line of a stack. */
const STATES_NONE =
  /^\W*$|^\s+at \S|^[EWIF]\d{4} |^\s*(usage\b|see\b|run\b|try\b|for more|file "|traceback|\[?(warn|deprecat|notice|info|debug))|--help\b|\breport\b.*https?:/i;

/** The begin of a dump of what the command has read: a map of Go, an object of JSON or YAML, or what announces one. */
const DUMP =
  /\bmap\[|\binterface \{|[{[]\s*["'{[]|\{\s*[\w.-]+\s*[:=]|\b(printing more information|object given to|(was|got|given|input|near|data|content|body|response|output|value)\s*:)/i;

/** A value of jq, which it shows behind its type. */
const TYPED = /\b(string|number|object|array|boolean) \(.*?(?:\)|$)/g;

/** A text in quotes, which may be a part of what the command has read. An apostrophe within a word is none. */
const QUOTED = /(?<![\w])(["'`‘“])(?:(?!["'`’”](?![\w])).)*(?:["'`’”]|$)/g;

const REPEATED = /\[redacted\](\s*\[redacted\])+/g;

/** A run of characters that may be encoded or random. */
const RUN = /[\w+/-]{4,}={0,2}(?![\w+/=-])/g;

/** Words that commands take as arguments. They say nothing about a value, and occur in any message. */
const VERBS = new Set(
  (
    "access account auth cat config current data decode decrypt default describe download environment exec export " +
    "extract field file format get get-parameter get-secret-value item json keyring keyvault latest list login lookup " +
    "none open output parameter pass password passwords plain print print-env printenv query quiet raw read reveal " +
    "secret secrets secretsmanager show string text token user username vault value values version versions view yaml"
  ).split(" "),
);

/**
 * Says why a command failed, in its own words: the first line that states a cause, or else the last lines. What it has
 * read, but not returned, cannot be found by comparison. So everything that may be a part of it is left out: dumps, texts in
 * quotes, and encoded texts.
 *
 * @param args - the arguments of the command. None is shown, except words such as `read`
 * @returns in one line, without a full stop at its end; empty if the command has said nothing that can be shown
 */
export function causeIn(stderr: string, args: readonly string[], values: HiddenValues): string {
  // A cut may be within a value.
  const isCut = stderr.length > LONGEST_SEARCHED;
  const text = isCut ? stderr.slice(-LONGEST_SEARCHED).replace(/^[^\r\n]*/, "") : stderr;
  const lines = withoutDumps(text.split(/[\r\n]+/));
  if (isCut && lines.length === 0) return REDACTED;
  const cause =
    lines.find((line) => !/^\s/.test(line) && STATES_CAUSE.test(line)) ??
    lines.find((line) => STATES_CAUSE.test(line));
  const given = args.filter((each) => !VERBS.has(each));
  const isWord = (each: string) => /^[a-z]+$/i.test(each);
  const own = [...argumentSecrets(given.filter((each) => !isWord(each))), ...secretsWithin(text)];
  const hidden = new HiddenValues(own, values);
  const words = given.filter(isWord);
  const whole = safeText(text, hidden);
  const show = (line: string) => {
    const safe = safeText(line, hidden);
    // A value may begin in an earlier line.
    return whole.includes(safe) ? withoutContent(safe, words) : REDACTED;
  };
  if (cause !== undefined) return show(cause).slice(0, LONGEST_CAUSE);
  let last = "";
  for (const line of lines.reverse()) {
    const next = `${show(line)} ${last}`.trim();
    if (next.length > LONGEST_CAUSE) return last === "" ? next.slice(0, LONGEST_CAUSE) : last;
    last = next;
  }
  return last.replace(REPEATED, REDACTED);
}

/** The lines that may state a cause, each up to where a dump begins. A dump goes on in the indented lines below. */
function withoutDumps(lines: string[]): string[] {
  const kept: string[] = [];
  let isWithin = false;
  for (const line of lines) {
    if (isWithin && /^\s/.test(line)) continue;
    const at = line.search(DUMP);
    isWithin = at >= 0;
    kept.push(at < 0 ? line : line.slice(0, at));
  }
  const stating = kept.filter((line) => !STATES_NONE.test(line));
  return stating.length > 0 ? stating : kept.filter((line) => /\w/.test(line));
}

/** Without what may be a part of what the command has read. */
function withoutContent(line: string, words: readonly string[]): string {
  let result = line.replace(TYPED, `$1 ${REDACTED}`).replace(QUOTED, REDACTED);
  for (const word of words) result = result.replace(new RegExp(`\\b${word}\\b`, "g"), REDACTED);
  return result
    .replace(RUN, (run) => (isEncoded(run) ? REDACTED : run))
    .replace(REPEATED, REDACTED)
    .replace(/[\s.:;,]+$/, "");
}

/** A word, or a name as in `ResourceNotFoundException`. */
const NAME =
  /^([A-Z]+|[a-z]*([A-Z][a-z]{2,}|No|Is|In|On|Of|To|By|Id|[A-Z]{1,5}(?=[A-Z][a-z])|[A-Z]{2,5}$)*)$/;

/** True for a text that is probably Base64, hexadecimal or random. */
function isEncoded(run: string): boolean {
  return run.endsWith("=") || run.split(/[/_-]/).some(isRandom);
}

function isRandom(part: string): boolean {
  if (!/\d/.test(part)) return part.length >= 6 && !NAME.test(part);
  return part.length >= (/[A-Z]/.test(part) && /[a-z]/.test(part) ? 6 : 8) && /[a-z]/i.test(part);
}
