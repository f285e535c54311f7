import type { dynamic } from "@pulumi/pulumi";
import type { KeycardClient, Secret, SecretPatch } from "./keycard";
import { ARGUMENTS, changedArguments, patchBetween, withoutCleared } from "./secret-changes";
import type { DeclaredData, SecretInputs, SecretState } from "./secret-inputs";
import { problemsOf } from "./secret-schema";
import { ValueReader } from "./value-reader";
import { asInState, holds, resolve, watch, type Registration } from "./watched-data";

/** What the engine passes: arguments or state, and the loader text that brought it here. */
type Props<T> = T & { __provider?: string };

/** What `check` gets: unchecked arguments, and what the resource says of itself. */
type Unchecked = Props<Record<string, unknown>> & { __registration?: Registration };

/**
 * What the engine calls for a secret. `check` and `diff` use neither network nor credentials, so that a preview needs
 * nothing; the client is loaded and its settings are resolved by the first call that needs them.
 */
export class SecretProvider implements dynamic.ResourceProvider {
  private config: dynamic.Config | undefined;
  private client: Promise<KeycardClient> | undefined;
  // Pulumi shows what a provider writes to stderr.
  private readonly reader = new ValueReader((line) => console.error(line));

  /** Only keeps the configuration: the SDK goes on with this object whatever comes of this call. */
  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    this.client = undefined;
    return Promise.resolve();
  }

  async check(olds: Partial<SecretInputs>, news: Unchecked): Promise<dynamic.CheckResult> {
    const { __registration: registration, ...args } = withoutCleared(news);
    delete args.__provider;
    const { data, judged } = await watch(args["data"], olds.data, this.reader, registration);
    // The engine prints the value of the property that a failure names, so none is named.
    const failures = problemsOf({ ...args, data: judged }).map((reason) => ({ property: "", reason }));
    return { inputs: withoutCleared({ ...args, data }), failures };
  }

  /** Leaves it to the engine to list the changed arguments, which only a result without `changes` makes it do. */
  diff(_id: string, olds: SecretState, news: SecretInputs): Promise<dynamic.DiffResult> {
    const replaces = changedArguments(olds, news, "replace");
    const patches = changedArguments(olds, news, "patch");
    return Promise.resolve(replaces.length + patches.length === 0 ? { changes: false } : { replaces });
  }

  async create(inputs: Props<SecretInputs>): Promise<dynamic.CreateResult> {
    const { zoneId, entityId, name, description, metadata, data } = inputs;
    const client = await this.connect();
    const secret = await client.createSecret(zoneId, {
      entityId,
      name,
      data: await resolve(data, this.reader),
      ...(description && { description }),
      ...(metadata && { metadata }),
    });
    return { id: secret.id, outs: stateOf(inputs, secret, data) };
  }

  async read(
    id: string,
    props: Props<Partial<SecretState> & { zoneId: string }>,
  ): Promise<dynamic.ReadResult> {
    const client = await this.connect();
    const { isNotFound } = await import("./keycard");
    try {
      const secret = await client.readSecret(props.zoneId, id);
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
    const patch = await this.patchBetween(olds, news);
    if (Object.keys(patch).length === 0) return { outs: { ...stateOf(news, { ...olds, id }, news.data) } };
    const client = await this.connect();
    const { applyPatch } = await import("./keycard");
    const { secret, kept, cause } = await applyPatch(client, news.zoneId, id, patch);
    const outs = stateOf(news, secret, news.data);
    if (kept.length === 0) return { outs };
    const reason =
      `Keycard updated the secret ${id} but kept ${kept.join(", ")}, which was to be cleared. ` +
      (cause ?? "Clear it in Keycard's console, or declare what it holds.");
    const { __provider } = news;
    throw Object.assign(new Error(reason), { id, properties: { ...outs, __provider }, reasons: [reason] });
  }

  async delete(id: string, { zoneId }: SecretState): Promise<void> {
    const client = await this.connect();
    await client.deleteSecret(zoneId, id);
  }

  /** With the value itself, and without it where only the way to declare it changed. */
  private async patchBetween(olds: SecretState, news: SecretInputs): Promise<SecretPatch> {
    const { data: changed, ...patch } = patchBetween(olds, news);
    if (!changed) return patch;
    const data = await resolve(news.data, this.reader);
    return (await holds(olds.data, data)) ? patch : { ...patch, data };
  }

  private connect(): Promise<KeycardClient> {
    return (this.client ??= import("./connection").then(({ connect }) =>
      connect((key) => this.config?.get(key), process.env),
    ));
  }
}

/** What Keycard holds, as plain JSON; anything else would be refused after the call was made. */
function stateOf(
  args: Partial<SecretInputs> & { zoneId: string },
  secret: Secret,
  data: DeclaredData,
): SecretState {
  const state: SecretState = {
    zoneId: args.zoneId,
    entityId: secret.entityId,
    name: secret.name,
    ...(secret.description !== undefined && { description: secret.description }),
    ...(secret.metadata !== undefined && { metadata: secret.metadata }),
    data,
    ...(args.adoptId !== undefined && { adoptId: args.adoptId }),
    type: secret.type,
    version: secret.version,
    createdAt: secret.createdAt,
    updatedAt: secret.updatedAt,
  };
  return JSON.parse(JSON.stringify(state)) as SecretState;
}

/** The part of a state that was, or could have been, declared. */
function inputsOf(state: SecretState): Partial<SecretInputs> {
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => ARGUMENTS.some((argument) => argument === name)),
  );
}

/** What the loader text in every state calls: it stays under this name, and takes every state it ever returned. */
export const provider = new SecretProvider();
