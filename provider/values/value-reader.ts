import { readSource } from "./read-source";
import { safeError } from "../safety/safe-error";
import { describeSource, isUnreadable } from "./unreadable-source";
import type { TrimOption, ValueSource } from "./value-source";

const BYTE_ORDER_MARK = "\ufeff";

/** A value is sent as it is, and the fingerprints of earlier releases include the mark. */
const BEGINS_WITH_MARK =
  "begins with a byte order mark (BOM), which is sent as a part of the value. " +
  "If it does not belong there, save the value as UTF-8 without BOM.";

/** How many secrets with the same source are named. */
const MOST_USERS = 3;

/** What a line says of a source that cannot be read. */
export interface UnreadableNote {
  /** The rest of the sentence; without one nothing is said. */
  consequence: string | undefined;
  /** The name of the resource that uses the source; empty if it is not known. */
  user: string;
}

/** Reads sources, each once: a run of the engine has a process of its own, and in it a value does not change. */
export class ValueReader {
  private readonly reads = new Map<string, Promise<string>>();
  private readonly told = new Map<string, Set<string>>();
  private readonly hidden = new Set<string>();
  private readonly passing = new Set<string>();

  /** @param note - shows a line to the user */
  constructor(private readonly note: (line: string) => void) {}

  /** What no error may show. */
  get values(): string[] {
    return [...this.hidden, ...this.passing];
  }

  /** Keeps a value that was not read here out of every error. */
  hide(value: string): void {
    this.hidden.add(value);
  }

  /**
   * Makes a call that knows values of its own, and keeps them out of every error until it ends. No longer: nothing here keeps
   * a value that was generated.
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
   * The value of a source.
   *
   * @throws an error that names the variable, the file or the command, and says what to do
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
    // A failure is kept too: a command that waits to its time limit must not do so a thousand times.
    this.reads.set(key, read);
    return read;
  }

  /**
   * The value of a source, or undefined if it cannot be read, which a line tells the user.
   *
   * @param note - what the line says
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

  /** Names the first secrets that use a source, and not all of a thousand. */
  private tell(fact: string, { consequence = "", user = "" }: UnreadableNote): void {
    const users = this.told.get(fact) ?? new Set<string>();
    if (users.has(user) || users.size > MOST_USERS) return;
    this.told.set(fact, users.add(user));
    const isRest = users.size > MOST_USERS;
    const usedBy = user === "" ? "" : ` (used by ${isRest ? "more secrets" : `Secret ${user}`})`;
    this.note(`${fact}${usedBy}: ${consequence}`);
  }
}

/** The same text for sources that differ only in the order of their keys, or in what is usual anyway. */
function keyOf({ trim, ...source }: ValueSource & TrimOption): string {
  return JSON.stringify(Object.entries({ ...source, ...(trim === false && { trim }) }).sort());
}
