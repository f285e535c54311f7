import type { OtherSecret, Secret, SecretRows } from "./secret";

/** The secrets of a listing by their ids. */
export class Listing {
  private readonly secrets: ReadonlyMap<string, Secret>;
  private readonly others: ReadonlyMap<string | undefined, OtherSecret>;

  constructor({ secrets, others }: SecretRows) {
    this.secrets = new Map(secrets.map((secret) => [secret.id, secret]));
    this.others = new Map(others.map((other) => [other.id, other]));
  }

  /**
   * The secret with an id.
   *
   * @returns undefined if the listing does not contain it
   * @throws an Error if it has a type that this release does not know, because then it is not gone
   */
  get(id: string): Secret | undefined {
    const other = this.others.get(id);
    if (other) throw new Error(`The secret ${id} has ${unknownType(other)}.`);
    return this.secrets.get(id);
  }
}

/** Describes an unknown type, and what to do. */
export function unknownType({ type }: OtherSecret): string {
  return `the type ${JSON.stringify(type.slice(0, 40))}, which this release does not know. Update the package`;
}
