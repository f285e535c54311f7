import type { dynamic } from "@pulumi/pulumi";
import type { Creations, Data, KeycardClient, NewSecret, Secret } from "./keycard";
import { isOpenId, OpenCreations, sinceOf } from "./open-creations";
import { changedArguments, withoutCleared } from "./secret-changes";
import type { SecretInputs, SecretState } from "./secret-inputs";
import { MISSING_ZONE, problemsOf } from "./secret-schema";
import { inputsOf, stateOf } from "./secret-state";
import { ValueReader } from "./value-reader";
import { asInState, holds, resolve, textsOf, watch, type Registration } from "./watched-data";

/** What the engine passes: arguments or state, and the loader text that brought it here. */
type Props<T> = T & { __provider?: string };

/** What `check` gets: unchecked arguments, and what the resource says of itself. */
type Unchecked = Props<Record<string, unknown>> & { __registration?: Registration };

const ADVICE = {
  takeOver: "set the argument `adoptId` to its id",
  startAfresh: "remove the resource from the state (`pulumi state delete`) and run it again",
};

/**
 * What the engine calls for a secret. `check` and `diff` use neither network nor credentials, so that a preview needs
 * nothing; the client is loaded and its settings are resolved by the first call that needs them.
 */
export class SecretProvider implements dynamic.ResourceProvider {
  private config: dynamic.Config | undefined;
  private client: Promise<KeycardClient> | undefined;
  private creations: Promise<Creations> | undefined;
  /** The ids that this run manages, none of which can be that of a secret in the making. */
  private readonly claimed = new Set<string>();
  /** The names that the stack keeps already; a call of `create` does not say whether it is a replacement. */
  private readonly ownNames = new Set<string>();
  private readonly open = new OpenCreations();
  // Pulumi shows what a provider writes to stderr.
  private readonly reader = new ValueReader((line) => console.error(line));

  /** Only keeps the configuration: the SDK goes on with this object whatever comes of this call. */
  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    this.client = undefined;
    this.creations = undefined;
    return Promise.resolve();
  }

  async check(olds: Partial<SecretInputs>, news: Unchecked): Promise<dynamic.CheckResult> {
    const { __registration: registration, ...args } = withoutCleared(news);
    delete args.__provider;
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
    const { data, judged } = await watch(args["data"], olds.data, this.reader, registration);
    // The engine prints the value of the property that a failure names, so none is named.
    const failures = problemsOf({ ...args, data: judged }).map((reason) => ({ property: "", reason }));
    return { inputs: withoutCleared({ ...args, data }), failures };
  }

  /** Leaves it to the engine to list the changed arguments, which only a result without `changes` makes it do. */
  diff(id: string, olds: SecretState, news: SecretInputs): Promise<dynamic.DiffResult> {
    if (isOpenId(id)) {
      this.open.note(id, olds, news);
      return Promise.resolve({ changes: true, replaces: ["entityId"] });
    }
    this.claimed.add(id);
    const replaces = changedArguments(olds, news, "replace");
    const patches = changedArguments(olds, news, "patch");
    return Promise.resolve(replaces.length + patches.length === 0 ? { changes: false } : { replaces });
  }

  async create(inputs: Props<SecretInputs>): Promise<dynamic.CreateResult> {
    const data = await resolve(inputs.data, this.reader);
    if (inputs.adoptId !== undefined) return this.adopt(inputs.adoptId, inputs, data);
    const creations = await this.creator();
    try {
      const secret = await creations.create(inputs.zoneId, newSecret(inputs, data), this.open.take(inputs));
      return { id: secret.id, outs: stateOf(inputs, secret, inputs.data) };
    } catch (error) {
      const { creationFailed } = await import("./failed-writes");
      const { explainConflict } = await import("./name-conflict");
      const client = await this.connect();
      const explained = await explainConflict(client, inputs, error, this.ownNames.has(nameKey(inputs)));
      throw creationFailed(explained, inputs);
    }
  }

  async read(
    id: string,
    props: Props<Partial<SecretState> & { zoneId: string }>,
  ): Promise<dynamic.ReadResult> {
    // The engine does not call `check` for what is only read.
    if (!props.zoneId) throw new Error(`Could not read the secret ${id}: ${MISSING_ZONE}.`);
    if (isOpenId(id)) {
      const found = await this.findOpen(id, props as SecretState);
      return found ? this.read(found.id, props) : { id: "", props: {} };
    }
    this.claimed.add(id);
    const client = await this.connect();
    const { isNotFound } = await import("./keycard");
    try {
      const secret = await client.readSecret(props.zoneId, id, { hidden: textsOf(props.data) });
      const state = stateOf(props, secret, await asInState(props.data, secret.data));
      return { id, props: state, inputs: inputsOf(state) };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // Only a secret that this stack has made or read before has a version; `Secret.get` asks for the first time.
      if (props.version !== undefined) return { id: "", props: {} };
      throw new Error(`There is no secret ${id} in zone ${props.zoneId}: correct the id or the zone.`, {
        cause: error,
      });
    }
  }

  async update(id: string, olds: SecretState, news: Props<SecretInputs>): Promise<dynamic.UpdateResult> {
    this.claimed.add(id);
    const { updateSecret } = await import("./secret-update");
    const tools = { connect: () => this.connect(), reader: this.reader };
    return { outs: await updateSecret(tools, id, olds, news) };
  }

  async delete(id: string, props: SecretState): Promise<void> {
    const client = await this.connect();
    const existing = isOpenId(id) ? (await this.findOpen(id, props))?.id : id;
    const options = { hidden: textsOf(props.data) };
    if (existing !== undefined) await client.deleteSecret(props.zoneId, existing, options);
  }

  private async adopt(id: string, inputs: Props<SecretInputs>, data: Data): Promise<dynamic.CreateResult> {
    this.claimed.add(id);
    const client = await this.connect();
    const { adopt } = await import("./adopt");
    const patched = await adopt(client, id, { ...inputs, data });
    const outs = stateOf(inputs, patched.secret, inputs.data);
    if (patched.kept.length === 0) return { id, outs };
    const { clearingFailed } = await import("./failed-writes");
    throw clearingFailed(patched, id, outs, inputs);
  }

  private async findOpen(id: string, props: SecretState): Promise<Secret | undefined> {
    // Of a value by reference the state has the fingerprint alone; the secret is looked for by that.
    const sought = newSecret(props, props.data as Data);
    const matches = (data: Data) => holds(props.data, data);
    return (await this.creator()).find(props.zoneId, sought, sinceOf(id), matches);
  }

  private creator(): Promise<Creations> {
    return (this.creations ??= Promise.all([this.connect(), import("./keycard")]).then(
      ([client, { Creations }]) => new Creations(client, this.claimed, ADVICE),
    ));
  }

  private connect(): Promise<KeycardClient> {
    return (this.client ??= import("./connection").then(({ connect }) =>
      connect((key) => this.config?.get(key), process.env),
    ));
  }
}

function newSecret({ entityId, name, description, metadata }: SecretInputs, data: Data): NewSecret {
  return { entityId, name, data, ...(description && { description }), ...(metadata && { metadata }) };
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}

/** What the loader text in every state calls: it stays under this name, and takes every state it ever returned. */
export const provider = new SecretProvider();
