import type { dynamic } from "@pulumi/pulumi";
import { findSetting } from "../config/places";
import { DEFAULT_ENDPOINT, problemsOfSettings } from "../config/settings";
import { loadNetwork } from "../load-network";
import { readRegistration, writeRegistration } from "../hidden-input";
import { RunMemory, type ShowWarning } from "./run-memory";
import { withStableAdoptId, problemsOf, strayTexts } from "./check";
import { plannedState, type PlannedState } from "./state";
import { withoutCleared } from "./fields";
import { diffSecret } from "./diff";
import type { SecretInputs, SecretState } from "./types";
import type { LookedUp, LookUpArgs, LookUpName } from "./lookups";
import type { Props, SecretOperations } from "./operations";
import { safeError, safeMessage } from "../safety/redact";
import type { DeclaredData } from "../values/types";
import { valueOf, waysToGive } from "../values/kinds";
import type { CheckContext } from "../values/value";

/** The input of `check`: unchecked arguments, and the registration of the resource. */
type Unchecked = Props<Record<string, unknown>> &
  Partial<Record<keyof SecretInputs, unknown>> & { __registration?: string };

/**
 * The provider that the engine calls. `check` and `diff` use no network and no credentials, so a preview needs neither. The
 * first call that sends a request loads the client and resolves its settings.
 */
export class SecretProvider implements dynamic.ResourceProvider {
  private config: dynamic.Config | undefined;
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
    this.show = (line) => show(safeMessage(line, this.run.reader.values));
    this.note = (line) => note(safeMessage(line, this.run.reader.values));
    const common = () => {
      const address = engine();
      // Another endpoint may have secrets with the same ids.
      const endpoint = findSetting("endpoint", this.readConfig, process.env)?.value ?? DEFAULT_ENDPOINT;
      return address && `${address} ${endpoint.replace(/\/+$/, "")}`;
    };
    const showWarning: ShowWarning = (line, urn) => warn(safeMessage(line, this.run.reader.values), urn);
    this.run = new RunMemory(this.note, showWarning, common);
  }

  /** Only stores the configuration, because the SDK continues with this object even if this call fails. */
  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    this.loaded = undefined;
    this.hasJudgedSettings = false;
    return Promise.resolve();
  }

  async check(olds: Partial<SecretInputs>, news: Unchecked): Promise<dynamic.CheckResult> {
    const { __registration: registration, ...args } = withoutCleared(news);
    delete args.__provider;
    this.run.noteName(olds);
    const reader = this.run.reader;
    const [value, held] = [valueOf(args.data), valueOf(olds.data)];
    for (const each of [value, held]) each.hide(reader);
    const isAdopted = args.adoptId !== undefined && Object.keys(olds).length === 0;
    const otherwise = JSON.stringify([args.zoneId, args.entityId, args.name]);
    const checked = value.check(held, this.contextOf(registration, isAdopted, otherwise));
    const { data, text, problems: valueProblems = [] } = await this.safely(checked);
    const strays = strayTexts(args);
    const inputs = withStableAdoptId(withoutCleared({ ...args, data }), olds);
    const problems = [
      // Any other problem of such a text is a consequence of it.
      ...(strays.length > 0 ? strays : [...problemsOf(args, text), ...valueProblems]),
      ...this.run.ownership.check(readRegistration(registration), olds, args, inputs),
      ...this.judgeSettings(),
    ].map((reason) => safeMessage(reason, reader.values));
    // The engine prints the value of the property that a failure names, so failures name none.
    return { inputs, failures: problems.map((reason) => ({ property: "", reason })) };
  }

  /** See {@link diffSecret}. */
  async diff(id: string, olds: SecretState, news: SecretInputs): Promise<dynamic.DiffResult> {
    return await diffSecret(this.run, id, olds, news);
  }

  async create(inputs: Props<SecretInputs>): Promise<dynamic.CreateResult> {
    return this.safely((await this.operations()).create(inputs));
  }

  async read(
    id: string,
    props: Props<Partial<SecretState> & { zoneId: string }>,
  ): Promise<dynamic.ReadResult> {
    return this.safely((await this.operations()).read(id, props));
  }

  /**
   * Reads a secret that a program is about to import, in the form in which it declares the value. Only the plugin calls
   * this.
   *
   * @param data - the declared data; undefined if the program has not announced it
   */
  async import(
    id: string,
    { zoneId, data }: { zoneId: string; data: unknown },
    urn: string,
  ): Promise<dynamic.ReadResult> {
    const registration = writeRegistration({ urn, preview: false, isUntold: true });
    // What is wrong with it is reported by `check`, which follows.
    const checked =
      data === undefined
        ? undefined
        : valueOf(data).check(valueOf(undefined), this.contextOf(registration, true));
    const declared = checked && (await this.safely(checked)).data;
    this.run.ownership.import(urn, zoneId, id);
    return this.read(id, { zoneId, ...(declared !== undefined && { data: declared as DeclaredData }) });
  }

  async update(id: string, olds: SecretState, news: Props<SecretInputs>): Promise<dynamic.UpdateResult> {
    return this.safely((await this.operations()).update(id, olds, news));
  }

  async delete(id: string, props: SecretState): Promise<void> {
    return this.safely((await this.operations()).delete(id, props));
  }

  /** Runs a look-up. Only the plugin calls this: with dynamic resources, the program sends the requests itself. */
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
  async preview(news: SecretInputs, olds?: SecretState): Promise<PlannedState> {
    await valueOf(news.data).noteIfUnreadable(this.run.reader);
    return plannedState(news, olds);
  }

  private contextOf(registration: string | undefined, isAdopted: boolean, otherwise = ""): CheckContext {
    const { urn, preview, isUntold, ignoresData = false } = readRegistration(registration);
    const { reader, initialValues } = this.run;
    const told = { urn, preview: isUntold ? undefined : preview, ignoresData, isAdopted, otherwise };
    return { ...told, reader, initialValues, ways: waysToGive() };
  }

  /** Returns the problems of the settings once, because they are the same for every secret. */
  private judgeSettings(): string[] {
    if (this.hasJudgedSettings) return [];
    this.hasJudgedSettings = true;
    return problemsOfSettings(this.readConfig, process.env);
  }

  private readonly readConfig = (key: string): unknown => this.config?.get(key);

  /** Removes values from the error of a call. */
  private async safely<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw safeError(error, this.run.reader.values);
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
function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
