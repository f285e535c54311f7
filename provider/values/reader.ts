import { access, constants, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { endCommands, runCommand } from "./command";
import { fingerprintOf, type Recipe } from "./fingerprint";
import { pick } from "./field";
import { suspicionOf } from "./never-meant";
import {
  describeSource,
  FEWER_FILES,
  isSourceError,
  refusalOf,
  sourceError,
  TOO_MANY_FILES,
} from "./source-error";
import type { FileOptions, TrimOption, ValueSource } from "./types";
import type { Ahead } from "../pulumi-values";
import { HiddenValues, safeError } from "../safety/redact";

/** The time limit for a named pipe, in seconds: that of a command. */
const PIPE_SECONDS = 30;

/** Reads the value of a source. */
async function readSource(source: ValueSource, hidden: () => HiddenValues): Promise<string> {
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

/** Why a file could not be read, and what to do about it. */
const READ_FAILURES: Record<string, [why: string, remedy?: string]> = {
  ENOENT: ["does not exist"],
  EISDIR: ["is a folder, not a file"],
  EMFILE: [`cannot be read, because ${TOO_MANY_FILES}`, FEWER_FILES],
  ERR_ACCESS_DENIED: [
    "cannot be read, because Node.js may not read it (ERR_ACCESS_DENIED)",
    "add it to --allow-fs-read, beside --permission.",
  ],
};

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return (await stat(path)).isFIFO() ? await bytesOfPipe(path) : await readFile(path);
  } catch (error) {
    if (isSourceError(error)) throw error;
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const readable = "name a file that the user of `pulumi up` can read.";
    const [why = `cannot be read (${code})`, remedy = readable] = READ_FAILURES[code] ?? [];
    throw sourceError({ fromFile: path }, why, code === "ENOENT" ? undefined : remedy);
  }
}

/**
 * Reads a named pipe, such as those of 1Password. This process would occupy a thread until somebody writes, and names and
 * fingerprints need the same threads.
 */
async function bytesOfPipe(path: string): Promise<Buffer> {
  await access(path, constants.R_OK);
  const fromCommand = ["cat", resolve(path)];
  const { stdout } = await runCommand(
    { fromCommand, timeoutSeconds: PIPE_SECONDS },
    () => new HiddenValues(),
  ).catch(() => {
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

const MOST_USERS = 3;

interface SourceNote {
  /** The rest of the sentence. If undefined, no line is printed. */
  consequence: string | undefined;
  user: string;
}

/** How long reading takes before a line tells about it, in milliseconds. */
const PATIENCE_MS = 5_000;

export interface ReaderOptions {
  /** Prints a line that only informs. */
  show?: (line: string) => void;
  /** The maximum number of files and commands that are read at once. @defaultValue 1 */
  parallelReads?: () => number;
}

/** Reads each source once per run, and several at once. Every run of the engine has its own process. */
export class ValueReader {
  private readonly texts = new Map<string, Promise<string>>();
  private readonly reads = new Map<string, Promise<string>>();
  private readonly fingerprints = new Map<string, Promise<string>>();
  private readonly told = new Map<string, Set<string>>();
  private readonly known = new HiddenValues();
  private readonly passing = new Set<string>();
  private all: HiddenValues | undefined;

  private readonly show: (line: string) => void;
  private readonly parallelReads: () => number;
  private readonly waiting: { key: string; go: () => void }[] = [];
  private running = 0;
  private done = 0;
  private announced = 0;
  private patience: NodeJS.Timeout | undefined;
  private hasTold = false;
  private isEnded = false;

  /** @param note - prints a line that may need the user */
  constructor(
    private readonly note: (line: string) => void,
    { show = note, parallelReads = () => 1 }: ReaderOptions = {},
  ) {
    this.show = show;
    this.parallelReads = parallelReads;
  }

  /** The values that no error may show. */
  get hidden(): HiddenValues {
    return (this.all ??= new HiddenValues(this.passing, this.known));
  }

  /** Keeps a value that was not read here out of all errors. */
  hide(value: string): void {
    this.known.add(value);
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
      this.all = undefined;
    };
    try {
      return await call(hide);
    } catch (error) {
      throw own.length > 0 ? safeError(error, this.hidden) : error;
    } finally {
      for (const value of own) this.passing.delete(value);
      this.all = undefined;
    }
  }

  /** Returns the value of a source. */
  read(source: ValueSource): Promise<string> {
    const key = keyOf(rawOf(source));
    const at = this.waiting.findIndex((each) => each.key === key);
    if (at > 0) this.waiting.unshift(...this.waiting.splice(at, 1));
    return this.readOnce(source);
  }

  /**
   * Begins to read sources that later calls will need: the engine asks for one resource at a time, whatever the program has
   * declared already.
   *
   * @param recipeFor - the recipe that the fingerprint of a resource's value probably has, by the name of the resource; undefined if
   *   no call will need the fingerprints soon
   */
  readAhead({ total, sources }: Ahead, recipeFor?: (name: string) => string): void {
    this.announced = Math.max(this.announced, total);
    for (const [source, ...names] of sources) {
      const ahead = this.readOnce(source as ValueSource).then((value) =>
        Promise.all(recipeFor ? names.map((name) => this.fingerprint(value, recipeFor(name))) : []),
      );
      // Whoever needs the value is told why it cannot be read.
      ahead.catch(() => undefined);
    }
  }

  /** The fingerprint of a value, which may have been computed ahead. */
  fingerprint(value: string, recipe: Recipe): Promise<string> {
    const key = `${recipe} ${value}`;
    const known = this.fingerprints.get(key) ?? fingerprintOf(value, recipe);
    this.fingerprints.set(key, known);
    return known;
  }

  /** Judges a value that the program gives as a string, and tells what is doubtful. @returns what is certainly wrong */
  problemOf(text: string, path: string, user: string): string | undefined {
    const suspicion = suspicionOf(text);
    if (!suspicion) return undefined;
    const { fact, remedy, isCertain } = suspicion;
    const meant =
      'If it is meant, put it into a variable and write fromEnv("NAME", { acceptAnyValue: true })';
    if (isCertain) return `\`${path}\` ${fact}: ${remedy} ${meant}`;
    this.tell(`\`${path}\` ${fact}`, { consequence: `${remedy} ${meant}.`, user });
    return undefined;
  }

  /** Ends what is being read, and reads nothing more. */
  end(): void {
    this.isEnded = true;
    endCommands();
    for (const { go } of this.waiting.splice(0)) go();
  }

  private readOnce(source: ValueSource): Promise<string> {
    const key = keyOf(source);
    const known =
      this.reads.get(key) ?? this.textOnce(rawOf(source)).then((text) => this.valueIn(text, source));
    this.reads.set(key, known);
    return known;
  }

  /** A failure is kept too, so that a command that times out does not do so a thousand times. */
  private textOnce(source: ValueSource): Promise<string> {
    const key = keyOf(source);
    const read = () => readSource(source, () => this.hidden);
    const known = this.texts.get(key) ?? ("fromEnv" in source ? read() : this.inTurn(source, key, read));
    this.texts.set(key, known);
    return known;
  }

  /** Finds the value in a text. @throws an error of `refusalOf`, if it cannot be meant */
  private valueIn(text: string, source: ValueSource & FileOptions): string {
    const { field, acceptAnyValue = false } = source;
    const picked = field === undefined ? { value: text } : pick(text, field);
    if ("problem" in picked) throw refusalOf(source, picked.problem, picked.remedy);
    const { value } = picked;
    if (value === "") throw refusalOf(source, `has an empty text at the field \`${field}\``, "fill it in.");
    const suspicion = acceptAnyValue ? undefined : suspicionOf(value);
    const { fact = "", remedy = "" } = suspicion ?? {};
    const advice = `${remedy} If it is meant, set the option \`acceptAnyValue\` to true.`;
    if (suspicion?.isCertain) throw refusalOf(source, `has a value that ${fact}`, advice);
    this.hide(value);
    const subject = describeSource(source);
    if (suspicion) this.note(`${subject} has a value that ${fact}: ${advice}`);
    if ("kind" in picked && !acceptAnyValue) {
      const risk = "which is sent as it is written there. Write it in quotes, so that no tool changes it.";
      this.note(`${subject} has ${picked.kind} at the field \`${field}\`, ${risk}`);
    }
    if (field === undefined && value.startsWith(BYTE_ORDER_MARK)) this.note(`${subject} ${BEGINS_WITH_MARK}`);
    return value;
  }

  /** Waits until fewer than the allowed number of sources are being read. */
  private async inTurn(source: ValueSource, key: string, read: () => Promise<string>): Promise<string> {
    this.patience ??= setTimeout(() => this.tellProgress(), PATIENCE_MS).unref();
    if (this.running < this.parallelReads()) this.running++;
    else await new Promise<void>((go) => this.waiting.push({ key, go }));
    try {
      if (this.isEnded) throw sourceError(source, "was not read, because the run was ended", "run it again.");
      return await read();
    } finally {
      this.done++;
      const next = this.waiting.shift();
      if (next) next.go();
      else this.running--;
      if (this.running === 0 && !this.hasTold) {
        clearTimeout(this.patience);
        this.patience = undefined;
      }
    }
  }

  private tellProgress(): void {
    this.hasTold = true;
    const total = Math.max(this.announced, this.done + this.running + this.waiting.length);
    this.show(`Reading ${total} ${total === 1 ? "value" : "values"}: ${this.done} done`);
  }

  /** Returns the value of a source, or undefined and prints a line if it cannot be read. */
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

/** The whole in which several secrets may have their values. */
function rawOf(source: ValueSource & FileOptions): ValueSource {
  const raw = { ...source };
  delete raw.field;
  delete raw.acceptAnyValue;
  return raw;
}

/** A key that is the same for sources that differ only in the order of their keys, or in defaults. */
function keyOf({ trim, acceptAnyValue, ...source }: ValueSource & FileOptions): string {
  const chosen = { ...(trim === false && { trim }), ...(acceptAnyValue === true && { acceptAnyValue }) };
  return JSON.stringify(Object.entries({ ...source, ...chosen }).sort());
}
