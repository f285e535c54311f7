import { readFile } from "node:fs/promises";
import { runCommand } from "./command";
import { describeSource, isSourceError, sourceError } from "./source-error";
import type { TrimOption, ValueSource } from "./types";
import { safeError } from "../safety/redact";

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
  const isFile = "fromFile" in source;
  const bytes = isFile ? await bytesOf(source.fromFile) : await runCommand(source, hidden);
  const text = textOf(bytes);
  if (text === undefined) {
    const [event, remedy] = isFile
      ? [
          "is not UTF-8 text",
          "save the file as UTF-8. If it is binary, store it in Base64 and decode it where it is used.",
        ]
      : [
          "wrote output that is not UTF-8 text",
          "make the command write UTF-8, or Base64 if the value is binary.",
        ];
    throw sourceError(source, event, remedy);
  }
  const value = source.trim === false ? text : text.replace(/\r?\n$/, "");
  if (value === "") {
    if (isFile) throw sourceError(source, "is empty", "write the value into the file.");
    throw sourceError(source, "wrote nothing", "make the command write the value to its standard output.");
  }
  return value;
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = { ENOENT: "does not exist", EISDIR: "is a folder, not a file" };
    const remedy = code === "ENOENT" ? undefined : "name a file that the user of `pulumi up` can read.";
    throw sourceError({ fromFile: path }, why[code] ?? `cannot be read (${code})`, remedy);
  }
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
