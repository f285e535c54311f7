import { sameJson } from "../json";
import { valueOf } from "../values/kinds";
import { type ReaderOptions, ValueReader } from "../values/reader";
import type { DeclaredData, ValueSource } from "../values/types";
import { type SecretInputs, ARGUMENTS } from "./fields";
import { DeclaredNames, Ownership } from "./ownership";
import { RunNotes } from "./run-notes";

const PREFIX = "unconfirmed since ";

/** Arguments that a create does not send, and the value, which is compared in another way. */
const NOT_COMPARED = new Set<keyof SecretInputs>(["adoptId", "maxAgeDays", "data"]);

/** The prefix of ids until 0.1, which states may still contain. */
const EARLIER_PREFIX = "unknown since ";

/**
 * The id, in the state, of an unconfirmed create: the request was sent, no answer came, and it is unknown whether Keycard
 * created the secret.
 *
 * @param since - when the creation began, by Keycard's clock, in milliseconds since the epoch
 */
export function unconfirmedId(since: number | undefined): string {
  return PREFIX + (since === undefined ? "?" : new Date(since).toISOString());
}

export function isUnconfirmedId(id: string): boolean {
  return id.startsWith(PREFIX) || id.startsWith(EARLIER_PREFIX);
}

/** When an unconfirmed create began; `NaN` if the time is unknown. */
export function sinceOf(unconfirmedId: string): number {
  return Date.parse(unconfirmedId.replace(/^.* since /, ""));
}

/** A creation that an earlier run began. */
interface EarlierCreate {
  /** When it began, in milliseconds since the epoch, by Keycard's clock; `NaN` if the time is unknown. */
  since: number;
  /** The sent value, as the state has it. */
  data: DeclaredData | undefined;
}

/** The unconfirmed creates that this run replaces, from their `diff` until the `create` of the replacement. */
export class UnconfirmedCreates {
  private readonly resolved = new Set<string>();
  private readonly noted: (EarlierCreate & { urn: string; key: string })[] = [];

  private readonly retried = new Map<string, string>();

  /** Remembers the secret that a retry in this run has created or found. */
  noteRetried(id: string, olds: Partial<SecretInputs>, found: string): void {
    this.retried.set(keyOf(id, olds), found);
  }

  /** The ID of the secret that a retry in this run has created or found. */
  retriedAs(id: string, olds: Partial<SecretInputs>): string | undefined {
    return this.retried.get(keyOf(id, olds));
  }

  noteFailed(urn: string, id: string, inputs: SecretInputs, data: DeclaredData): void {
    this.noted.push({ urn, key: keyOf(id, inputs), since: sinceOf(id), data });
  }

  /** The resource of an unconfirmed create that {@link take} would return. */
  urnOf(id: string, olds: Partial<SecretInputs>): string | undefined {
    return this.noted.find(({ key }) => key === keyOf(id, olds))?.urn;
  }

  /** Remembers the unconfirmed create of a resource, unless something else is declared now. */
  note(urn: string, id: string, olds: Partial<SecretInputs>, news: Partial<SecretInputs>): void {
    const key = keyOf(id, olds);
    if (news.adoptId !== undefined) this.resolved.add(key);
    if (declaresSame(olds, news)) this.noted.push({ urn, key, since: sinceOf(id), data: olds.data });
  }

  /**
   * True if this run has resolved an unconfirmed create: `take` has returned it, or `adoptId` now names its secret. An
   * identical secret may then belong to somebody else.
   */
  isResolved(id: string, olds: Partial<SecretInputs>): boolean {
    return this.resolved.has(keyOf(id, olds));
  }

  /** Returns the unconfirmed create of a resource, once. */
  take(urn: string): EarlierCreate | undefined {
    const index = this.noted.findIndex((create) => create.urn === urn);
    const [create] = index < 0 ? [] : this.noted.splice(index, 1);
    if (create) this.resolved.add(create.key);
    return create;
  }
}

function keyOf(id: string, { zoneId, entityId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([id, zoneId, entityId, name]);
}

function declaresSame(olds: Partial<SecretInputs>, news: Partial<SecretInputs>): boolean {
  const [before, now] = [valueOf(olds.data), valueOf(news.data)];
  // The key of an initial value differs if an alias has given the resource another URN.
  const isSameValue = sameJson(before.declaration, now.declaration) || now.changeFrom(before) === "none";
  return isSameValue && ARGUMENTS.every((name) => NOT_COMPARED.has(name) || sameJson(olds[name], news[name]));
}

/** Prints a warning. @param urn - the resource that it is about; empty if that is unknown */
export type ShowWarning = (line: string, urn: string) => Promise<void> | void;

const ALONE =
  "The providers of this run cannot tell each other which secrets they adopt, so one of them may delete a secret that another one " +
  "adopts";

/** What later calls of a run need to know about earlier ones. */
export class RunMemory {
  /** The ids that this run manages. None of them can belong to a secret that is being created. */
  readonly claimed = new Set<string>();
  readonly unconfirmed = new UnconfirmedCreates();
  readonly ownership: Ownership;
  readonly names = new DeclaredNames();
  readonly reader: ValueReader;
  /** The initial values, or their sources, from the `check` of a secret to its creation. */
  readonly initialValues = new Map<string, string | ValueSource>();
  /** The zones that the program gives as texts. */
  readonly fixedZones = new Set<string>();
  /** By resource: the arguments whose changes the preview does not show. */
  readonly hidden = new Map<string, readonly string[]>();
  /** The lines of this run: the engine may call `diff` for a secret several times. */
  private readonly told = new Set<string>();
  private readonly show: (line: string) => void;

  /** @param run - what all processes of this run have in common; undefined if this is not the process of a provider */
  constructor(
    readonly note: (line: string) => void,
    private readonly showWarning: ShowWarning,
    run: () => string | undefined = () => undefined,
    options: ReaderOptions = {},
  ) {
    this.show = options.show ?? note;
    const notes = new RunNotes(run, (reason) => note(`${ALONE} (${reason}).`));
    this.ownership = new Ownership(notes);
    this.reader = new ValueReader(note, options);
  }

  /** Warns once about a secret. Resolves after the warning was printed. */
  async warnOnce(id: string, line: string, urn: string): Promise<void> {
    if (this.isNews(id, line)) await this.showWarning(line, urn);
  }

  /** Prints a line that informs about a secret once. */
  showOnce(id: string, line: string): void {
    if (this.isNews(id, line)) this.show(line);
  }

  private isNews(id: string, line: string): boolean {
    const key = JSON.stringify([id, line]);
    const isNews = !this.told.has(key);
    this.told.add(key);
    return isNews;
  }
}
