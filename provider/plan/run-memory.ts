import { UnconfirmedCreates } from "./unconfirmed-creates";
import type { SecretInputs } from "../secret-inputs";
import { ValueReader } from "../values/value-reader";

/** What is learnt in one run of the engine, mostly from its plans, and what later calls of the same run have to know. */
export class RunMemory {
  /** The ids that this run manages, none of which can be that of a secret in the making. */
  readonly claimed = new Set<string>();
  readonly unconfirmed = new UnconfirmedCreates();
  readonly reader: ValueReader;
  private readonly ownNames = new Set<string>();

  /** @param note - shows a line to the user */
  constructor(note: (line: string) => void) {
    this.reader = new ValueReader(note);
  }

  /** Remembers a name that the stack keeps already; a call of `create` does not say whether it is a replacement. */
  noteName(olds: Partial<SecretInputs>): void {
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
  }

  /** True where the stack keeps a secret of that name already. */
  ownsName(inputs: SecretInputs): boolean {
    return this.ownNames.has(nameKey(inputs));
  }
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}
