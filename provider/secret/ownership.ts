import { type Call, isUnknown, nameIn } from "../pulumi-values";
import type { SecretInputs } from "./fields";
import type { RunNote, RunNotes } from "./run-notes";

type Arguments = Partial<Record<keyof SecretInputs, unknown>>;

/** A resource of this run, as its last `check` saw it. */
interface PlannedResource {
  urn: string;
  /** Whether the state has a secret for it that is not about to be replaced. */
  exists: boolean;
  /** The arguments in the state. */
  olds: Partial<SecretInputs>;
  /** The secret that `adoptId` names; undefined if a preview does not know it yet. */
  adopts?: string;
  /** The secret that the state has for it. Set by `diff`. */
  manages?: { id: string; zoneId: string };
}

/** A run with one process. */
const NO_NOTES = { read: (): RunNote[] => [], write: () => undefined };

/** A resource of another process of this run, of which nothing else is known. */
type OtherResource = Pick<PlannedResource, "urn" | "exists">;

/** Tracks which resource of this run manages or adopts which secret. */
export class Ownership {
  private readonly resources = new Map<string, PlannedResource>();
  /** By secret: the resources that manage it and keep it. */
  private readonly managers = new Map<string, Set<PlannedResource>>();
  /** By secret: the resources whose `adoptId` names it, by URN. */
  private readonly adopters = new Map<string, Map<string, PlannedResource>>();
  /** By secret: the resource that adopted or imported it in this run. */
  private readonly adopted = new Map<string, OtherResource | undefined>();

  /** @param notes - what the other processes of this run adopt and manage */
  constructor(private readonly notes: Pick<RunNotes, "read" | "write"> = NO_NOTES) {}

  /**
   * Records a call of `check`.
   *
   * @param olds - the arguments in the state; empty for a resource that is created or replaced
   * @param declared - the arguments in the program
   * @returns why the secret cannot be adopted; empty if it can
   */
  check({ urn, deletesFirst = false }: Call, olds: Partial<SecretInputs>, declared: Arguments): string[] {
    const exists = Object.keys(olds).length > 0;
    const adopts = secretKey(declared.zoneId, declared.adoptId);
    const resource: PlannedResource = { urn, exists, olds, ...(adopts !== undefined && { adopts }) };
    const before = this.resources.get(urn);
    // The engine calls `check` again only for a resource that it replaces.
    if (before) this.forget(before);
    this.resources.set(urn, resource);
    if (adopts === undefined) return [];
    const problem =
      this.conflict(resource, String(declared.adoptId)) ??
      (exists ? undefined : lossOf(before, declared, deletesFirst));
    this.adopters.set(
      adopts,
      (this.adopters.get(adopts) ?? new Map<string, PlannedResource>()).set(urn, resource),
    );
    this.notes.write({ kind: exists ? "names" : "adopts", secret: adopts, urn });
    return problem === undefined ? [] : [problem];
  }

  /** Records a call of `diff`. @returns the resource; undefined if the program does not declare it */
  diff(urn: string, id: string, zoneId: string): PlannedResource | undefined {
    const resource = this.resources.get(urn);
    if (resource?.exists) resource.manages = { id, zoneId };
    return resource;
  }

  /** Records that a resource keeps the secret that the state has for it. @returns why it cannot; undefined if it can */
  keeps(resource: PlannedResource): string | undefined {
    const { id = "", zoneId } = resource.manages ?? {};
    const key = secretKey(zoneId, id);
    if (key === undefined) return undefined;
    const isOther = (each: OtherResource | undefined) => each !== undefined && each.urn !== resource.urn;
    const manager = this.managersOf(key).find(isOther);
    this.managers.set(key, (this.managers.get(key) ?? new Set()).add(resource));
    this.notes.write({ kind: "manages", secret: key, urn: resource.urn });
    const adopter = this.adoptersOf(key).find(isOther);
    if (!manager && adopter) return managedBy(resource, adopter, id);
    const other = manager ?? [this.adopterOf(key)].find(isOther);
    if (!other) return undefined;
    const [one, two] = namesOf(other, resource);
    return `${one} and ${two} both manage the secret ${id}. Remove one of them from the program: the secret is kept.`;
  }

  /** @throws an Error if another resource manages the secret, or has adopted it */
  assertAdoptable(zoneId: string, id: string): void {
    const key = secretKey(zoneId, id) ?? "";
    const adopter = this.nextAdopter(key);
    const [manager] = this.managersOf(key);
    if (manager) throw new Error(`Could not adopt the secret ${id}: ${managedBy(manager, adopter, id)}`);
    if (!this.isAdopted(key)) return;
    throw new Error(
      `Could not adopt the secret ${id}: ${nameOf(this.adopterOf(key))} adopted it in this run. ` +
        "Only one resource can manage a secret: remove `adoptId` from one of the two.",
    );
  }

  adopt(zoneId: string, id: string): void {
    const key = secretKey(zoneId, id) ?? "";
    const adopter = this.nextAdopter(key);
    this.adopted.set(key, adopter);
    this.notes.write({ kind: "adopted", secret: key, urn: adopter?.urn ?? "" });
  }

  /** Records that a resource imports a secret. @throws an Error if another resource manages it, or has adopted it */
  import(urn: string, zoneId: string, id: string): void {
    const key = secretKey(zoneId, id) ?? "";
    const [other] = [...this.managersOf(key), this.adopterOf(key)].filter((each) => each && each.urn !== urn);
    if (other) {
      const [one, two] = namesOf(other, { urn });
      throw new Error(
        `Could not import the secret ${id}: ${one} already manages it. Remove the option \`import\`, ` +
          `or remove ${one} from the program: ${two} then keeps the secret.`,
      );
    }
    this.adopted.set(key, { urn, exists: false });
    this.notes.write({ kind: "adopted", secret: key, urn });
  }

  /**
   * Tells whether another resource of this run manages a secret that the engine deletes.
   *
   * @returns why it must be kept; undefined if it can be deleted
   * @throws an Error if another resource is about to adopt it
   */
  reasonToKeep(zoneId: string, id: string): string | undefined {
    const key = secretKey(zoneId, id) ?? "";
    if (this.isAdopted(key)) return `${nameOf(this.adopterOf(key))} adopted it in this run`;
    const [manager] = this.managersOf(key);
    if (manager) return `${nameOf(manager)} still manages it`;
    const adopter = this.nextAdopter(key);
    if (!adopter) return undefined;
    throw new Error(
      `Could not delete the secret ${id}: ${nameOf(adopter)} is about to adopt it, but it would be deleted first. ` +
        "Remove the option `deleteBeforeReplace` to keep the secret, or remove `adoptId` to replace it with a new one.",
    );
  }

  private conflict(resource: PlannedResource, id: string): string | undefined {
    const key = resource.adopts ?? "";
    const isOther = ({ urn }: OtherResource) => urn !== resource.urn;
    const manager = this.managersOf(key).find(isOther);
    if (manager) return managedBy(manager, resource, id);
    const other = this.adoptersOf(key).find(isOther);
    if (!other) return undefined;
    const [one, two] = namesOf(other, resource);
    return (
      `\`adoptId\` of ${one} and of ${two} names the same secret, ${id}. ` +
      "Remove it from one of them: only one resource can manage a secret."
    );
  }

  /** The resource that is created with `adoptId`. */
  private nextAdopter(key: string): OtherResource | undefined {
    return this.adoptersOf(key).find(({ exists }) => !exists);
  }

  private adoptersOf(key: string): OtherResource[] {
    return [...(this.adopters.get(key)?.values() ?? []), ...this.elsewhere(key, "adopts", "names")];
  }

  private managersOf(key: string): OtherResource[] {
    return [...(this.managers.get(key) ?? []), ...this.elsewhere(key, "manages")];
  }

  private isAdopted(key: string): boolean {
    return this.adopted.has(key) || this.elsewhere(key, "adopted").length > 0;
  }

  private adopterOf(key: string): OtherResource | undefined {
    return this.adopted.get(key) ?? this.elsewhere(key, "adopted")[0];
  }

  /** The resources of which another process has told this last. */
  private elsewhere(key: string, ...kinds: RunNote["kind"][]): OtherResource[] {
    if (key === "") return [];
    const last = new Map<string, RunNote["kind"]>();
    for (const { secret, urn, kind } of this.notes.read()) if (secret === key) last.set(urn, kind);
    return [...last].flatMap(([urn, kind]) =>
      kinds.includes(kind) ? [{ urn, exists: kind !== "adopts" }] : [],
    );
  }

  private forget(resource: PlannedResource): void {
    const { adopts = "", manages, urn } = resource;
    const managed = secretKey(manages?.zoneId, manages?.id) ?? "";
    this.adopters.get(adopts)?.delete(urn);
    this.managers.get(managed)?.delete(resource);
    for (const secret of [adopts, managed])
      if (secret !== "") this.notes.write({ kind: "forgets", secret, urn });
  }
}

/** Why a secret would be lost if the resource that manages it is replaced by one that adopts it. */
function lossOf(
  replaced: PlannedResource | undefined,
  { adoptId, zoneId, entityId }: Arguments,
  deletesFirst: boolean,
): string | undefined {
  const { manages, olds } = replaced ?? {};
  if (!manages || manages.id !== adoptId) return undefined;
  if (manages.zoneId !== zoneId || (olds?.entityId !== entityId && !isUnknown(entityId))) {
    return (
      `\`adoptId\` names the secret ${adoptId}, which stays in its zone and entity. ` +
      "Remove `adoptId`: a new secret then replaces it."
    );
  }
  return deletesFirst
    ? `\`adoptId\` names the secret ${adoptId}, which the option \`deleteBeforeReplace\` deletes before it can be adopted. ` +
        "Remove the option to keep the secret, or remove `adoptId` to replace it with a new one."
    : undefined;
}

function managedBy(manager: OtherResource, adopter: OtherResource | undefined, id: string): string {
  const [one, two] = adopter ? namesOf(manager, adopter) : [nameOf(manager), "another resource"];
  return (
    `\`adoptId\` of ${two} names the secret ${id}, which ${one} already manages. Remove \`adoptId\`. ` +
    `If ${two} is the new name of ${one}, remove ${one} from the program or use the option \`aliases\`.`
  );
}

/** The key of a secret in the maps; undefined if a preview does not know it yet. */
function secretKey(zoneId: unknown, id: unknown): string | undefined {
  const known = [zoneId, id].every((text) => typeof text === "string" && text !== "" && !isUnknown(text));
  return known ? JSON.stringify([zoneId, id]) : undefined;
}

/** The name of a resource in the program, if it is known. */
function nameOf(resource: { urn: string } | undefined): string {
  const name = nameIn(resource?.urn ?? "");
  return name === "" ? "another resource" : `\`${name}\``;
}

/** The names of two resources, or their URNs if the names are the same. */
function namesOf(one: { urn: string }, two: { urn: string }): [string, string] {
  return nameOf(one) === nameOf(two) ? [one.urn, two.urn] : [nameOf(one), nameOf(two)];
}

/** Who has or declares the name of a secret, as far as this run knows. */
export interface NameOwners {
  /** Whether this stack already manages a secret of that name. */
  isOwnName: boolean;
  /** Two resources of the program that declare that name, first those in its entity. */
  namesakes?: [string, string] | undefined;
}

interface DeclaredName {
  urn: string;
  entityId: unknown;
  /** Whether the secret is about to get it. */
  isNew: boolean;
}

/** The names that the stack has, and those that the program declares. */
export class DeclaredNames {
  private readonly own = new Set<string>();
  /** By zone and name: what the resources of the program declare, by URN. */
  private readonly declared = new Map<string, Map<string, DeclaredName>>();

  /**
   * Remembers the name in the state, because `create` does not tell whether it is a replacement, and the one that is declared.
   *
   * @returns a warning if another resource declares the same in its entity, and one of the two is about to get it
   */
  note(urn: string, args: Arguments, olds: Partial<SecretInputs>): string | undefined {
    if (olds.name !== undefined) this.own.add(nameKey(olds));
    const { zoneId, entityId, name } = args;
    if ([zoneId, entityId, name].some((text) => typeof text !== "string" || isUnknown(text)))
      return undefined;
    const all = this.declared.get(nameKey(args)) ?? new Map<string, DeclaredName>();
    const isNew = olds.name !== name || olds.entityId !== entityId || olds.zoneId !== zoneId;
    this.declared.set(nameKey(args), all.set(urn, { urn, entityId, isNew }));
    const other = [...all.values()].find(
      (each) => each.urn !== urn && each.entityId === entityId && (isNew || each.isNew),
    );
    if (!other) return undefined;
    const [one, two] = namesOf(other, { urn });
    return (
      `${one} and ${two} declare the same name, "${String(name)}", in entity ${String(entityId)}. Give one of them another name: ` +
      "Keycard may reject the second secret, and lookups by name would find two."
    );
  }

  ownersOf(inputs: Pick<SecretInputs, "zoneId" | "entityId" | "name">): NameOwners {
    const all = [...(this.declared.get(nameKey(inputs))?.values() ?? [])];
    const isNear = ({ entityId }: DeclaredName) => entityId === inputs.entityId;
    const [one, two] = [...all.filter(isNear), ...all.filter((each) => !isNear(each))];
    return { isOwnName: this.own.has(nameKey(inputs)), namesakes: one && two && namesOf(one, two) };
  }
}

const nameKey = ({ zoneId, name }: Arguments) => JSON.stringify([zoneId, name]);
