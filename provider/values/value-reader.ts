import { readSource } from "./read-source";
import type { UnreadableSource } from "./unreadable-source";
import type { ValueSource } from "./value-source";

/** Reads sources, each once: a run of the engine has a process of its own, and in it a value does not change. */
export class ValueReader {
  private readonly reads = new Map<string, Promise<string>>();
  private readonly noted = new Set<string>();
  private readonly hidden = new Set<string>();

  /** @param note - shows a line to the user */
  constructor(private readonly note: (line: string) => void) {}

  /** Keeps a value that came another way out of every error. */
  hide(value: string): void {
    this.hidden.add(value);
  }

  /**
   * The value of a source.
   *
   * @throws an error that names the variable, the file or the command, and says what to do
   */
  read(source: ValueSource): Promise<string> {
    const key = JSON.stringify(source);
    const known = this.reads.get(key);
    if (known) return known;
    const read = readSource(source, () => [...this.hidden]).then((value) => {
      this.hide(value);
      return value;
    });
    // A failure is kept too: a command that waits to its time limit must not do so a thousand times.
    this.reads.set(key, read);
    return read;
  }

  /**
   * The value of a source, or undefined where it cannot be read, which is then said once a source.
   *
   * @param consequence - the rest of the sentence that says it; without one nothing is said
   */
  async readIfPossible(source: ValueSource, consequence?: string): Promise<string | undefined> {
    try {
      return await this.read(source);
    } catch (error) {
      if (consequence !== undefined) this.noteOnce(`${(error as UnreadableSource).fact}: ${consequence}`);
      return undefined;
    }
  }

  private noteOnce(line: string): void {
    if (!this.noted.has(line)) this.note(line);
    this.noted.add(line);
  }
}
