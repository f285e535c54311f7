import type { dynamic } from "@pulumi/pulumi";
import type { KeycardClient, Secret } from "./keycard";
import { adopt } from "./adopt";
import { keptFieldsError } from "./kept-fields";
import { explainConflict } from "./name-conflict";
import { ARGUMENTS, changedArguments, patchBetween, withoutCleared } from "./secret-changes";
import type { SecretData, SecretInputs, SecretState } from "./secret-inputs";
import { MISSING_ZONE, problemsOf } from "./secret-schema";

/** What the engine passes: arguments or state, and the loader text that brought it here. */
type Props<T> = T & { __provider?: string };

/**
 * What the engine calls for a secret. `check` and `diff` use neither network nor credentials, so that a preview needs
 * nothing; the client is loaded and its settings are resolved by the first call that needs them.
 */
export class SecretProvider implements dynamic.ResourceProvider {
  private config: dynamic.Config | undefined;
  private client: Promise<KeycardClient> | undefined;
  /** The names that the stack keeps already; a call of `create` does not say whether it is a replacement. */
  private readonly ownNames = new Set<string>();

  /** Only keeps the configuration: the SDK goes on with this object whatever comes of this call. */
  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    this.client = undefined;
    return Promise.resolve();
  }

  check(olds: Partial<SecretInputs>, news: Props<Record<string, unknown>>): Promise<dynamic.CheckResult> {
    const args = withoutCleared(news);
    delete args.__provider;
    if (olds.name !== undefined) this.ownNames.add(nameKey(olds));
    // The engine prints the value of the property that a failure names, so none is named.
    const failures = problemsOf(args).map((reason) => ({ property: "", reason }));
    return Promise.resolve({ inputs: args, failures });
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
    if (inputs.adoptId !== undefined) return this.adopt(client, inputs.adoptId, inputs);
    const secret = await client
      .createSecret(zoneId, {
        entityId,
        name,
        data,
        ...(description && { description }),
        ...(metadata && { metadata }),
      })
      .catch(async (error: unknown) => {
        throw await explainConflict(client, inputs, error, this.ownNames.has(nameKey(inputs)));
      });
    return { id: secret.id, outs: stateOf(inputs, secret, data) };
  }

  async read(
    id: string,
    props: Props<Partial<SecretState> & { zoneId: string }>,
  ): Promise<dynamic.ReadResult> {
    // The engine does not call `check` for what is only read.
    if (!props.zoneId) throw new Error(`Could not read the secret ${id}: ${MISSING_ZONE}.`);
    const client = await this.connect();
    const { isNotFound } = await import("./keycard");
    try {
      const secret = await client.readSecret(props.zoneId, id);
      const state = stateOf(props, secret, secret.data);
      return { id, props: state, inputs: inputsOf(structuredClone(state)) };
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
    const patch = patchBetween(olds, news);
    if (Object.keys(patch).length === 0) return { outs: { ...stateOf(news, { ...olds, id }, olds.data) } };
    const client = await this.connect();
    const { applyPatch } = await import("./keycard");
    const { secret, kept, cause } = await applyPatch(client, news.zoneId, id, patch);
    const outs = stateOf(news, secret, news.data);
    if (kept.length === 0) return { outs };
    throw keptFieldsError({ id, properties: { ...outs, __provider: news.__provider } }, kept, cause);
  }

  async delete(id: string, { zoneId }: SecretState): Promise<void> {
    const client = await this.connect();
    await client.deleteSecret(zoneId, id);
  }

  private async adopt(
    client: KeycardClient,
    id: string,
    inputs: Props<SecretInputs>,
  ): Promise<dynamic.CreateResult> {
    const { secret, kept, cause } = await adopt(client, id, inputs);
    const outs = stateOf(inputs, secret, inputs.data);
    if (kept.length === 0) return { id, outs };
    throw keptFieldsError({ id, properties: { ...outs, __provider: inputs.__provider } }, kept, cause);
  }

  private connect(): Promise<KeycardClient> {
    return (this.client ??= import("./connection").then(({ connect }) =>
      connect((key) => this.config?.get(key), process.env),
    ));
  }
}

function nameKey({ zoneId, name }: Partial<SecretInputs>): string {
  return JSON.stringify([zoneId, name]);
}

/** What Keycard holds, as plain JSON; anything else would be refused after the call was made. */
function stateOf(
  args: Partial<SecretInputs> & { zoneId: string },
  secret: Secret,
  data: SecretData,
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
