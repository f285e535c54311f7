import {
  type ReadConfig,
  DEFAULT_ENDPOINT,
  MISSING_ZONE,
  findSetting,
  missingZone,
  parallelReadsOf,
  problemsOfSettings,
} from "../config/settings";
import { sameJson } from "../json";
import { loadNetwork } from "../load-network";
import { type Call, isUnknown, nameIn } from "../pulumi-values";
import { safeError, safeMessage } from "../safety/redact";
import { recipeFor } from "../values/fingerprint";
import { problemOfWays, valueOf, waysToGive } from "../values/kinds";
import type { DeclaredData } from "../values/types";
import type { CheckContext, CheckedValue } from "../values/value";
import {
  type SecretInputs,
  changedArguments,
  problemsOf,
  strayTexts,
  withStableAdoptId,
  withoutCleared,
} from "./fields";
import type { LookUpArgs, LookUpName, LookedUp } from "./lookups";
import type { Created, ReadResult, SecretOperations } from "./operations";
import { type ShowWarning, RunMemory, isUnconfirmedId } from "./run-memory";
import {
  type Known,
  type PlannedState,
  type SecretState,
  decodeState,
  missingPlaces,
  plannedState,
  warningOfAge,
} from "./state";

/** Arguments as the program gives them. */
export type Arguments = Record<string, unknown> & Partial<Record<keyof SecretInputs, unknown>>;

/** The configuration of a stack or of a provider. */
interface Configuration {
  get(key: string): unknown;
  /** The name of an explicit provider. */
  readonly provider?: string | undefined;
}

/**
 * What both kinds of resources do, called by `engine/`. `check` and `diff` use no network and no credentials, so a preview
 * needs neither. The first call that sends a request loads the client and resolves its settings.
 */
export class SecretProvider {
  private readConfig: ReadConfig = () => undefined;
  private loaded: Promise<SecretOperations> | undefined;
  private hasJudgedSettings = false;
  private readonly run: RunMemory;
  private readonly show: (line: string) => void;
  private readonly note: (line: string) => void;

  /**
   * @param show - prints a line that informs the user: what the client waits for, or a line of the request log
   * @param pausesMs - the pauses before each further look for a secret that may appear late, in milliseconds
   * @param warn - prints a warning about a resource
   * @param note - prints a line that may need the user
   * @param engine - the address of the engine, which all providers of a run get
   */
  constructor(
    show: (line: string) => void = writeToStderr,
    private readonly pausesMs?: readonly number[],
    warn: ShowWarning = show,
    note: (line: string) => void = show,
    engine: () => string | undefined = () => undefined,
  ) {
    this.show = (line) => show(safeMessage(line, this.run.reader.hidden));
    this.note = (line) => note(safeMessage(line, this.run.reader.hidden));
    const common = () => {
      const address = engine();
      // Another endpoint may have secrets with the same ids.
      const endpoint = findSetting("endpoint", this.readConfig, process.env)?.value ?? DEFAULT_ENDPOINT;
      return address && `${address} ${endpoint.replace(/\/+$/, "")}`;
    };
    const showWarning: ShowWarning = (line, urn) => warn(safeMessage(line, this.run.reader.hidden), urn);
    this.run = new RunMemory(this.note, showWarning, common, {
      show: this.show,
      parallelReads: () => parallelReadsOf(this.readConfig, process.env),
    });
  }

  /** Only stores the configuration, because the SDK (3.276) goes on with this object even if this call fails. */
  configure(config: Configuration): void {
    this.readConfig = Object.assign((key: string) => config.get(key), { provider: config.provider });
    this.loaded = undefined;
    this.hasJudgedSettings = false;
  }

  /**
   * Validates arguments, and converts them to the form that the state has.
   *
   * @param olds - the arguments in the state; empty for a resource that is created or replaced
   */
  async check(
    call: Call,
    olds: Partial<SecretInputs>,
    news: Arguments,
  ): Promise<{ inputs: Arguments; problems: string[]; fingerprint?: CheckedValue["fingerprint"] }> {
    const args = withoutCleared(news);
    const namesake = this.run.names.note(call.urn, args, olds);
    if (namesake !== undefined) await this.run.warnOnce(call.urn, namesake, call.urn);
    if (call.hasFixedZone) this.run.fixedZones.add(String(args.zoneId));
    const [{ reader }, { urn, ahead, hides }] = [this.run, call];
    if (hides) this.run.hidden.set(urn, hides);
    const [value, held] = [valueOf(args.data), valueOf(olds.data)];
    for (const each of [value, held]) each.hide(reader);
    const isNew = Object.keys(olds).length === 0;
    const checked = value.check(held, this.contextOf(call, isNew && args.adoptId !== undefined));
    // After the own value, because the engine asks for the next resource, which tells of others, as soon as this one has answered.
    if (ahead) {
      const recipeOf = (name: string) => recipeFor([...urn.split("::").slice(0, 3), name].join("::"));
      // If this resource is new, the others probably are new, too.
      const needsNone = isNew && (call.leavesOutHash ?? call.preview);
      reader.readAhead(ahead, needsNone ? undefined : recipeOf);
    }
    const { data, text, fingerprint, problems: valueProblems = [] } = await this.safely(checked);
    const strays = strayTexts(args);
    const several = problemOfWays(args.data);
    const inputs = withStableAdoptId(withoutCleared({ ...args, data }), olds);
    const problems = [
      // Any other problem of such a text is a consequence of it.
      ...(strays.length > 0
        ? strays
        : [...problemsOf(args, text), ...(several === undefined ? valueProblems : [several])]),
      ...this.run.ownership.check(call, olds, args),
      ...this.judgeSettings(),
    ]
      .map((reason) => (reason === MISSING_ZONE ? missingZone(this.readConfig.provider) : reason))
      .map((reason) => safeMessage(reason, reader.hidden));
    return { inputs, problems, ...(fingerprint && { fingerprint }) };
  }

  async diff(
    call: Call,
    id: string,
    state: SecretState,
    news: SecretInputs,
    plan: Plan | undefined,
  ): Promise<Diff> {
    return diffSecret(this.run, call, id, decodeState(state), news, plan);
  }

  async create(call: Call, inputs: SecretInputs): Promise<Created> {
    return this.safely((await this.operations()).create(call, inputs));
  }

  async read(id: string, state: Partial<SecretState> & { zoneId: string }): Promise<ReadResult> {
    return this.safely((await this.operations()).read(id, state));
  }

  /**
   * Reads a secret that a program is about to import, in the form in which it declares the value. Only the plugin calls
   * this.
   *
   * @param data - the declared data; undefined if the program has not announced it
   */
  async import(
    call: Call,
    id: string,
    { zoneId, data }: { zoneId: string; data: unknown },
  ): Promise<ReadResult> {
    // What is wrong with it is reported by `check`, which follows.
    const checked =
      data === undefined ? undefined : valueOf(data).check(valueOf(undefined), this.contextOf(call, true));
    const declared = checked && (await this.safely(checked)).data;
    this.run.ownership.import(call.urn, zoneId, id);
    return this.read(id, { zoneId, ...(declared !== undefined && { data: declared as DeclaredData }) });
  }

  async update(id: string, state: SecretState, news: SecretInputs): Promise<SecretState> {
    return this.safely((await this.operations()).update(id, state, news));
  }

  async delete(id: string, state: SecretState): Promise<void> {
    return this.safely((await this.operations()).delete(id, state));
  }

  /** Runs a lookup. Only the plugin calls this: with dynamic resources, the program sends the requests itself. */
  async lookUp<Name extends LookUpName>(
    name: Name,
    zoneId: string,
    args: LookUpArgs<Name>,
  ): Promise<LookedUp<Name>> {
    return this.safely((await this.operations()).lookUp(name, zoneId, args));
  }

  /**
   * Returns what a preview knows about the state after a create, or after an update of `olds`. Only the plugin calls this.
   */
  async preview({ urn }: Call, news: SecretInputs, state?: SecretState): Promise<PlannedState> {
    await valueOf(news.data).noteIfUnreadable(this.run.reader, state === undefined, nameIn(urn));
    return plannedState(news, state);
  }

  /** Warns that the engine has lost the mark of `data`. Only the plugin sees marks. */
  async warnOfPlainData(urn: string): Promise<void> {
    const line =
      `\`data\` of ${nameIn(urn)} is no longer marked as a secret, so Pulumi stores it in plain text. Let the remediation of the ` +
      "policy pack change `args.props` in place, or mark `data` in what it returns.";
    await this.run.warnOnce(urn, line, urn);
  }

  private contextOf(call: Call, isAdopted: boolean): CheckContext {
    const { reader, initialValues } = this.run;
    return { ...call, isAdopted, reader, initialValues, ways: waysToGive() };
  }

  /** Ends everything that is being read, because the run has ended. */
  cancel(): void {
    this.run.reader.end();
  }

  /** Returns the problems of the settings once, because they are the same for every secret. */
  private judgeSettings(): string[] {
    if (this.hasJudgedSettings) return [];
    this.hasJudgedSettings = true;
    return problemsOfSettings(this.readConfig, process.env);
  }

  private async safely<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw safeError(error, this.run.reader.hidden);
    }
  }

  private operations(): Promise<SecretOperations> {
    return (this.loaded ??= loadNetwork().then(({ connect, SecretOperations }) => {
      const client = () => connect(this.readConfig, process.env, this.show, this.pausesMs, this.note);
      return new SecretOperations(client, this.run);
    }));
  }
}

/** Pulumi shows the stderr of a dynamic provider's process. */
const writeToStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/** What the program declares, as `check` has seen it. */
interface Plan {
  /** The arguments in the state; undefined if they are not known. */
  olds: Partial<SecretInputs> | undefined;
}

interface Difference {
  name: keyof SecretInputs;
  old: unknown;
  now: unknown;
}

interface Diff {
  /** Undefined if the engine is to find and list the changed arguments itself. */
  changes: boolean | undefined;
  replaces: string[];
  differences: Difference[];
}

/**
 * Finds the effect of changed arguments.
 *
 * @param plan - undefined if the program does not declare the secret, as in a refresh
 * @throws an Error if the engine would delete a secret that is still needed, or one whose state is incomplete
 */
export async function diffSecret(
  run: RunMemory,
  { urn }: Call,
  id: string,
  olds: Known,
  news: SecretInputs,
  plan: Plan | undefined,
): Promise<Diff> {
  if (isUnconfirmedId(id)) {
    run.unconfirmed.note(urn, id, olds, news);
    return { changes: true, replaces: ["entityId"], differences: allDifferences(olds.declared, news) };
  }
  run.claimed.add(id);
  const planned = plan && run.ownership.diff(urn, id, olds.zoneId);
  const gaps = missingPlaces(olds);
  const declared = plan?.olds ?? news;
  const before = completed(olds.declared, declared, gaps);
  const replaces = changedArguments(before, news, "replace");
  const conflict = replaces.length === 0 && planned ? run.ownership.keeps(planned) : undefined;
  if (conflict !== undefined) throw new Error(conflict);
  if (replaces.length > 0) assertReplaceable(id, news, plan === undefined, gaps);
  // An update completes the state.
  if (gaps.length > 0)
    return { changes: true, replaces: [], differences: allDifferences(olds.declared, news) };
  const patches = changedArguments(before, news, "patch");
  // A refresh also calls `diff`, and the age of a value is no drift.
  const change = valueOf(news.data).changeFrom(valueOf(before.data), plan !== undefined);
  const isDue = change === "rotation";
  const reason =
    plan && replaces.length === 0 ? valueOf(news.data).renewedBecause(valueOf(before.data)) : undefined;
  if (reason !== undefined) {
    run.showOnce(id, `A new value is generated for ${nameIn(urn) || `the secret ${id}`}, because ${reason}.`);
  }
  if (isDue) patches.push("data");
  if (replaces.length === 0 && (change === "none" || change === "state"))
    await warnOfAge(run, id, olds, news, urn);
  const others = changedArguments(before, news, "state");
  const changes = [...replaces, ...patches, ...others];
  if (changes.length === 0) return { changes: false, replaces, differences: [] };
  await warnOfHidden(run, id, changes, urn);
  // The engine itself would not find changes that only the outputs show, because the inputs in the state are the declared
  // ones. So it is if an update was done in part, and the program is again as it was before.
  const { olds: inputs } = plan ?? {};
  const isOverlooked = inputs && changes.every((name) => sameJson(inputs[name], news[name]));
  const isUnlisted = (replaces.length === 0 && isDue) || isOverlooked;
  return {
    changes: isUnlisted ? true : undefined,
    replaces,
    differences: differencesOf(changes, before, news),
  };
}

function allDifferences(olds: SecretInputs, news: SecretInputs): Difference[] {
  const costs = ["replace", "patch", "state"] as const;
  return differencesOf(
    costs.flatMap((cost) => changedArguments(olds, news, cost)),
    olds,
    news,
  );
}

function differencesOf(names: (keyof SecretInputs)[], olds: SecretInputs, news: SecretInputs): Difference[] {
  return [...new Set(names)].map((name) => {
    const [old, now] =
      name === "data" ? valueOf(news.data).shownBeside(valueOf(olds.data)) : [olds[name], news[name]];
    return { name, old, now };
  });
}

/** The arguments in the state, with those that it lacks as they are declared. */
function completed<T extends object>(olds: T, declared: Partial<T>, gaps: (keyof T)[]): T {
  if (gaps.length === 0) return olds;
  return { ...olds, ...Object.fromEntries(gaps.map((name) => [name, declared[name]])) };
}

/** Warns of an old value, unless this run changes it. */
async function warnOfAge(
  run: RunMemory,
  id: string,
  olds: Known,
  { maxAgeDays }: SecretInputs,
  urn: string,
): Promise<void> {
  const warning = warningOfAge(olds, maxAgeDays, nameIn(urn) || `the secret ${id}`);
  if (warning !== undefined) await run.warnOnce(id, warning, urn);
}

/** The option `hideDiffs` makes an update look like nothing (CLI 3.274, pulumi/pulumi#20591). */
async function warnOfHidden(run: RunMemory, id: string, changes: string[], urn: string): Promise<void> {
  const hidden = changes.filter((name) => run.hidden.get(urn)?.includes(name));
  if (hidden.length === 0) return;
  const names = hidden.map((name) => `\`${name}\``).join(" and ");
  const line =
    `The change of ${names} of ${nameIn(urn) || `the secret ${id}`} is not shown, because the option \`hideDiffs\` names it. ` +
    "`pulumi preview --json` lists it.";
  await run.warnOnce(id, line, urn);
}

/** @param unplanned - true if the engine calls `diff` before the program has declared the secret */
function assertReplaceable(id: string, news: SecretInputs, unplanned: boolean, gaps: string[]): void {
  if (gaps.length > 0) {
    throw new Error(
      `The state of the secret ${id} has no \`${gaps.join("` and no `")}\`, so the secret cannot be replaced. ` +
        "Declare its present zone and entity and run `pulumi up`, which completes the state. Then replace it.",
    );
  }
  // This is how the engine (CLI 3.274) calls `diff` for dependents of a resource that is deleted before it is replaced.
  const isDeletedFirst = unplanned && (isUnknown(news.zoneId) || isUnknown(news.entityId));
  if (!isDeletedFirst || news.adoptId !== id) return;
  throw new Error(
    `The secret ${id} would be deleted together with a resource that it depends on, and \`adoptId\` could not adopt it ` +
      "again. Remove `adoptId` and run `pulumi up` before you replace that resource.",
  );
}
