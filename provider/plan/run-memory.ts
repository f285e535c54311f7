import { Ownership } from "./ownership";
import { UnconfirmedCreates } from "./unconfirmed-creates";
import type { SecretInputs } from "../secret-inputs";
import { InitialValues } from "../values/initial-values";
import { ValueReader } from "../values/value-reader";

/**
 * Shows a warning.
 *
 * @param urn - the resource that it is about; empty if it is not known
 */
export type ShowWarning = (line: string, urn: string) => Promise<void> | void;

/** What one run of the engine has told, mostly while it planned, and later calls of the same run need to know. */
export class RunMemory {
  /** The ids that this run manages, none of which can be that of a secret that is being created. */
  readonly claimed = new Set<string>();
  readonly unconfirmed = new UnconfirmedCreates();
  readonly ownership = new Ownership();
  readonly reader: ValueReader;
  readonly initialValues = new InitialValues();
  private readonly ownNames = new Set<string>();

  /** The warnings of this run, as the engine may ask about one secret several times. */
  private readonly warned = new Set<string>();

  /**
   * @param note - shows a line to the user
   * @param showWarning - shows a warning about a resource
   */
  constructor(
    readonly note: (line: string) => void,
    private readonly showWarning: ShowWarning,
  ) {
    this.reader = new ValueReader(note);
  }

  /** Remembers a name that the stack manages already: a call of `create` does not tell whether it is a replacement. */
  noteName(olds: Partial<SecretInputs>): void {
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
  }

  /** Warns once about a secret; it resolves when the warning was shown. */
  async warnOnce(id: string, line: string, urn: string): Promise<void> {
    const key = JSON.stringify([id, line]);
    if (this.warned.has(key)) return;
    this.warned.add(key);
    await this.showWarning(line, urn);
  }

  /** True if the stack manages a secret of that name already. */
  ownsName(inputs: SecretInputs): boolean {
    return this.ownNames.has(nameKey(inputs));
  }
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}
