import { Ownership } from "./ownership";
import { UnconfirmedCreates } from "./unconfirmed-creates";
import type { SecretInputs } from "../secret-inputs";
import { InitialValues } from "../values/initial";
import { ValueReader } from "../values/reader";

/**
 * Prints a warning.
 *
 * @param urn - the resource that it is about; empty if that is unknown
 */
export type ShowWarning = (line: string, urn: string) => Promise<void> | void;

/** What later calls of a run need to know about earlier ones. */
export class RunMemory {
  /** The ids that this run manages. None of them can belong to a secret that is being created. */
  readonly claimed = new Set<string>();
  readonly unconfirmed = new UnconfirmedCreates();
  readonly ownership = new Ownership();
  readonly reader: ValueReader;
  readonly initialValues = new InitialValues();
  private readonly ownNames = new Set<string>();

  /** The warnings of this run: the engine may call `diff` for a secret several times. */
  private readonly warned = new Set<string>();

  /**
   * @param note - prints a line for the user
   * @param showWarning - prints a warning about a resource
   */
  constructor(
    readonly note: (line: string) => void,
    private readonly showWarning: ShowWarning,
  ) {
    this.reader = new ValueReader(note);
  }

  /** Remembers a name that the stack already uses, because a call of `create` does not tell whether it is a replacement. */
  noteName(olds: Partial<SecretInputs>): void {
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
  }

  /** Warns once about a secret. Resolves after the warning was printed. */
  async warnOnce(id: string, line: string, urn: string): Promise<void> {
    const key = JSON.stringify([id, line]);
    if (this.warned.has(key)) return;
    this.warned.add(key);
    await this.showWarning(line, urn);
  }

  /** True if the stack already manages a secret of that name. */
  ownsName(inputs: SecretInputs): boolean {
    return this.ownNames.has(nameKey(inputs));
  }
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}
