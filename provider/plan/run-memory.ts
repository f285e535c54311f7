import { Ownership } from "./ownership";
import { UnconfirmedCreates } from "./unconfirmed-creates";
import type { SecretInputs } from "../secret-inputs";
import { ValueReader } from "../values/value-reader";

/** What one run of the engine has told, mostly while it planned, and later calls of the same run need to know. */
export class RunMemory {
  /** The ids that this run manages, none of which can be that of a secret that is being created. */
  readonly claimed = new Set<string>();
  readonly unconfirmed = new UnconfirmedCreates();
  readonly ownership = new Ownership();
  readonly reader: ValueReader;
  private readonly ownNames = new Set<string>();

  /** @param note - shows a line to the user */
  constructor(readonly note: (line: string) => void) {
    this.reader = new ValueReader(note);
  }

  /** Remembers a name that the stack manages already: a call of `create` does not tell whether it is a replacement. */
  noteName(olds: Partial<SecretInputs>): void {
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
  }

  /** True if the stack manages a secret of that name already. */
  ownsName(inputs: SecretInputs): boolean {
    return this.ownNames.has(nameKey(inputs));
  }
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}
