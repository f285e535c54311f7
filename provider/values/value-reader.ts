import { readSource } from "./read-source";
import { safeError } from "../safety/redact";
import { describeSource, isUnreadable } from "./unreadable-source";
import type { TrimOption, ValueSource } from "./value-source";

const BYTE_ORDER_MARK = "\ufeff";

/** The mark is sent, because fingerprints of earlier releases include it. */
const BEGINS_WITH_MARK =
  "begins with a byte order mark (BOM), which is sent as part of the value. " +
  "If it does not belong there, save the value as UTF-8 without BOM.";

/** The maximum number of named secrets with the same source. */
const MOST_USERS = 3;

/** The content of a line about an unreadable source. */
export interface UnreadableNote {
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
  async readIfPossible(source: ValueSource, note: UnreadableNote): Promise<string | undefined> {
    try {
      return await this.read(source);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      if (note.consequence !== undefined) this.tell(error.fact, note);
      return undefined;
    }
  }

  /** Names only the first secrets that use a source. */
  private tell(fact: string, { consequence = "", user = "" }: UnreadableNote): void {
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
