import { access, constants, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { runCommand } from "./command";
import { describeSource, isSourceError, sourceError } from "./source-error";
import type { TrimOption, ValueSource } from "./types";
import { safeError } from "../safety/redact";

/** The time limit for a named pipe, in seconds: that of a command. */
const PIPE_SECONDS = 30;

/**
 * Reads the value of a source.
 *
 * @param hidden - the values that no error may show
 * @throws an error of `sourceError`, also if the value is empty or not text
 */
async function readSource(source: ValueSource, hidden: () => readonly string[]): Promise<string> {
  if ("fromEnv" in source) {
    const value = process.env[source.fromEnv];
    // CI systems set the variables of secrets that a run may not see to an empty string.
    if (!value) throw sourceError(source, value === undefined ? "is not set" : "is empty");
    return value;
  }
  if ("fromFile" in source) {
    const text = textOf(await bytesOf(source.fromFile));
    if (text === undefined) {
      const remedy =
        "save the file as UTF-8. If it is binary, store it in Base64 and decode it where it is used.";
      throw sourceError(source, "is not UTF-8 text", remedy);
    }
    const value = trimmed(text, source);
    if (value === "") throw sourceError(source, "is empty", "write the value into the file.");
    return value;
  }
  const { stdout, cause } = await runCommand(source, hidden);
  const text = textOf(stdout);
  if (text === undefined) {
    const remedy = "make the command write UTF-8, or Base64 if the value is binary.";
    throw sourceError(source, "wrote output that is not UTF-8 text", remedy);
  }
  const value = trimmed(text, source);
  if (value !== "") return value;
  const said = cause();
  throw sourceError(
    source,
    `wrote nothing${said && `, and said: ${said}`}`,
    "make the command write the value to its standard output.",
  );
}

const trimmed = (text: string, { trim }: TrimOption) => (trim === false ? text : text.replace(/\r?\n$/, ""));

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return (await stat(path)).isFIFO() ? await bytesOfPipe(path) : await readFile(path);
  } catch (error) {
    if (isSourceError(error)) throw error;
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = { ENOENT: "does not exist", EISDIR: "is a folder, not a file" };
    const remedy = code === "ENOENT" ? undefined : "name a file that the user of `pulumi up` can read.";
    throw sourceError({ fromFile: path }, why[code] ?? `cannot be read (${code})`, remedy);
  }
}

/**
 * Reads a named pipe, such as those of 1Password. This process would occupy a thread until somebody writes, and names and
 * fingerprints need the same threads.
 */
async function bytesOfPipe(path: string): Promise<Buffer> {
  await access(path, constants.R_OK);
  const fromCommand = ["cat", resolve(path)];
  const { stdout } = await runCommand({ fromCommand, timeoutSeconds: PIPE_SECONDS }, () => []).catch(() => {
    throw sourceError(
      { fromFile: path },
      `is a named pipe into which nothing was written within ${PIPE_SECONDS} seconds`,
      "start what writes into it before `pulumi up` runs.",
    );
  });
  return stdout;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = "\ufeff";

/** The mark is sent, because fingerprints of earlier releases include it. */
const BEGINS_WITH_MARK =
  "begins with a byte order mark (BOM), which is sent as part of the value. " +
  "If it does not belong there, save the value as UTF-8 without BOM.";

/** The maximum number of named secrets with the same source. */
const MOST_USERS = 3;

/** The content of a line about an unreadable source. */
interface SourceNote {
  /** The rest of the sentence. If undefined, no line is printed. */
  consequence: string | undefined;
  /** The name of the resource that uses the source; empty if it is unknown. */
  user: string;
}

/** Reads each source once per run. Every run of the engine has its own process. */
export class ValueReader {
  private readonly reads = new Map<string, Promise<string>>();
  private readonly told = new Map<string, Set<string>>();
  private readonly hidden = new Set<string>();
  private readonly passing = new Set<string>();

  /** @param note - prints a line for the user */
  constructor(private readonly note: (line: string) => void) {}

  /** The values that no error may show. */
  get values(): string[] {
    return [...this.hidden, ...this.passing];
  }

  /** Keeps a value that was not read here out of all errors. */
  hide(value: string): void {
    this.hidden.add(value);
  }

  /**
   * Runs a call that knows further values, and keeps these out of its errors. They are forgotten after the call, because
   * nothing must keep a generated value.
   */
  async during<T>(call: (hide: (value: string) => void) => Promise<T>): Promise<T> {
    const own: string[] = [];
    const hide = (value: string) => {
      own.push(value);
      this.passing.add(value);
    };
    try {
      return await call(hide);
    } catch (error) {
      throw own.length > 0 ? safeError(error, this.values) : error;
    } finally {
      for (const value of own) this.passing.delete(value);
    }
  }

  /**
   * Returns the value of a source.
   *
   * @throws an error that names the variable, the file or the command, and what to do
   */
  read(source: ValueSource): Promise<string> {
    const key = keyOf(source);
    const known = this.reads.get(key);
    if (known) return known;
    const read = readSource(source, () => this.values).then((value) => {
      this.hide(value);
      if (value.startsWith(BYTE_ORDER_MARK)) this.note(`${describeSource(source)} ${BEGINS_WITH_MARK}`);
      return value;
    });
    // A failure is cached too, so that a command that times out does not do so a thousand times.
    this.reads.set(key, read);
    return read;
  }

  /**
   * Returns the value of a source, or undefined and prints a line if it cannot be read.
   *
   * @param note - the content of the line
   */
  async readIfPossible(source: ValueSource, note: SourceNote): Promise<string | undefined> {
    try {
      return await this.read(source);
    } catch (error) {
      if (!isSourceError(error)) throw error;
      if (note.consequence !== undefined) this.tell(error.fact, note);
      return undefined;
    }
  }

  /** Names only the first secrets that use a source. */
  private tell(fact: string, { consequence = "", user = "" }: SourceNote): void {
    const users = this.told.get(fact) ?? new Set<string>();
    if (users.has(user) || users.size > MOST_USERS) return;
    this.told.set(fact, users.add(user));
    const isRest = users.size > MOST_USERS;
    const usedBy = user === "" ? "" : ` (used by ${isRest ? "more secrets" : `Secret ${user}`})`;
    this.note(`${fact}${usedBy}: ${consequence}`);
  }
}

/** A key that is the same for sources that differ only in the order of their keys, or in defaults. */
function keyOf({ trim, ...source }: ValueSource & TrimOption): string {
  return JSON.stringify(Object.entries({ ...source, ...(trim === false && { trim }) }).sort());
}
