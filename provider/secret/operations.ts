import { type Environment, MISSING_ZONE, type ReadConfig, resolveSettings } from "../config/settings";
import { sameJson } from "../json";
import { KeycardClient } from "../keycard/client";
import { name, version } from "../own-package";
import { Creations } from "../keycard/create-once";
import { EarlierSecrets } from "../keycard/find-created";
import { removeSecret } from "../keycard/presence";
import type { Data, NewSecret, Secret } from "../keycard/wire";
import type { Call } from "../pulumi-values";
import { valueOf } from "../values/kinds";
import type { SendTools } from "../values/value";
import { type SecretInputs, withoutCleared } from "./fields";
import { type LookUpArgs, type LookUpName, type LookedUp, lookUp } from "./lookups";
import { readSecret, refreshSecret } from "./read";
import { type RunMemory, isUnconfirmedId, sinceOf } from "./run-memory";
import {
  type PartlyKnown,
  type SecretState,
  decodeState,
  encodeState,
  knownAfter,
  missingPlaces,
  readResult,
  withKept,
  zoneUnknown,
} from "./state";
import { adopt, updateSecret } from "./update";
import { clearingFailed, creationFailed, explainConflict, stillUnconfirmed } from "./write-errors";

export interface Created {
  id: string;
  outs: SecretState;
}

export interface ReadResult {
  /** Empty if the secret is gone. */
  id: string;
  props: Partial<SecretState>;
  /** Undefined if the engine is to keep those that it has. */
  inputs?: Partial<SecretInputs>;
  /** Set if the stack only reads the secret. */
  isUnmanaged?: boolean;
}

const ADVICE = {
  takeOver: "set the argument `adoptId` to its ID",
  startAfresh: "remove the resource from the state (`pulumi state delete`) and run it again",
};

/** The calls of the engine that send requests: create, read, update and delete. */
export class SecretOperations {
  private connected: KeycardClient | undefined;
  private creator: Creations | undefined;
  private listed: EarlierSecrets | undefined;

  /** @param connect - creates the client, at the first call that needs it */
  constructor(
    private readonly connect: () => KeycardClient,
    private readonly run: RunMemory,
  ) {}

  /** @throws an error that makes the engine record an unconfirmed create if Keycard may have created the secret */
  async create(call: Call, inputs: SecretInputs): Promise<Created> {
    const { zoneId, entityId, adoptId } = inputs;
    if (this.run.fixedZones.has(zoneId)) this.client.availability.noteFixedZone(zoneId);
    const creating = this.withValues((tools) =>
      adoptId === undefined ? this.make(call, inputs, tools) : this.adopt(adoptId, inputs, tools),
    );
    return this.client.zones.explaining(creating, zoneId, entityId);
  }

  async read(id: string, props: Partial<SecretState> & { zoneId: string }): Promise<ReadResult> {
    // The engine does not call `check` for a resource that is only read.
    if (!props.zoneId) {
      if (props.version !== undefined) throw zoneUnknown("read", id);
      throw new Error(`Could not read the secret ${id}: ${MISSING_ZONE}.`);
    }
    // A program that only reads a secret knows none of its arguments.
    if (isUnconfirmedId(id) && props.name !== undefined) {
      const found = await this.findUnconfirmed(id, decodeState(props));
      return found ? this.read(found.id, props) : { id: "", props: {} };
    }
    this.run.claimed.add(id);
    const known = decodeState(props);
    // A state without a version is that of the first read, by `Secret.get`.
    const isFirst = known.version === undefined;
    // An import knows only how the value is declared. An unconfirmed create knows all arguments.
    const isAdopted = known.data !== undefined && known.name === undefined;
    const declared = { ...known, value: valueOf(known.data) };
    const now = isFirst
      ? await this.client.zones.explaining(
          readSecret(this.client, id, declared, { known, isAdopted }),
          props.zoneId,
        )
      : await refreshSecret(this.client, id, known);
    // The engine keeps its inputs if the result has none: to copy and send them again is a tenth of the time of a refresh.
    if (now === "unchanged") return { id, props };
    if (now) return { id, ...readResult(now, known) };
    if (!isFirst) return { id: "", props: {} };
    throw new Error(`There is no secret ${id} in zone ${props.zoneId}. Correct the ID or the zone.`);
  }

  /** @throws an error that makes the engine record what Keycard has, if the update was, or may have been, done in part */
  async update(id: string, state: SecretState, news: SecretInputs): Promise<SecretState> {
    if (isUnconfirmedId(id)) throw await this.retryCreate(id, state, news);
    this.run.claimed.add(id);
    const tools = {
      connect: () => this.client,
      ownersOf: (inputs: SecretInputs) => this.run.names.ownersOf(inputs),
    };
    return this.withValues(async (send) =>
      encodeState(
        await updateSecret({ ...tools, send }, id, decodeState(state), {
          ...news,
          value: valueOf(news.data),
        }),
      ),
    );
  }

  /** Succeeds without a request if the secret is certainly gone, or if another resource of this run manages it. */
  async delete(id: string, props: SecretState): Promise<void> {
    const known = decodeState(props);
    const { zoneId, name, createdAt } = known;
    if (missingPlaces(known).includes("zoneId")) throw zoneUnknown("delete", id);
    if (this.run.unconfirmed.isResolved(id, known)) return;
    const existing = isUnconfirmedId(id) ? (await this.findUnconfirmed(id, known))?.id : id;
    if (existing === undefined) return;
    const reason = this.run.ownership.reasonToKeep(zoneId, existing);
    if (reason !== undefined) {
      this.run.note(`The secret ${existing} was not deleted in Keycard: ${reason}.`);
      return;
    }
    const secret = { zoneId, id: existing, name, createdAt };
    await removeSecret(this.client, secret, { hidden: valueOf(known.data).texts });
  }

  lookUp<Name extends LookUpName>(
    name: Name,
    zoneId: string,
    args: LookUpArgs<Name>,
  ): Promise<LookedUp<Name>> {
    return lookUp(this.client, name, zoneId, args);
  }

  /**
   * Creates the secret of an unconfirmed create, if it does not exist. If an `onError` hook asks for another try, CLI
   * 3.274 calls an update instead of the create (pulumi/pulumi#24683). An update cannot change the ID in the state, so
   * it never succeeds.
   *
   * @returns the error, which keeps the unconfirmed create in the state
   */
  private async retryCreate(id: string, state: SecretState, news: SecretInputs): Promise<Error> {
    const { unconfirmed } = this.run;
    const before = unconfirmed.retriedAs(id, state);
    if (before !== undefined) return stillUnconfirmed(id, state, before);
    try {
      const urn = unconfirmed.urnOf(id, state) ?? id;
      if (urn === id) unconfirmed.note(urn, id, state, news);
      const created = await this.withValues((tools) => this.make({ urn }, news, tools));
      unconfirmed.noteRetried(id, state, created.id);
      return stillUnconfirmed(id, state, created.id);
    } catch (error) {
      return stillUnconfirmed(id, state, error as Error);
    }
  }

  private async make({ urn }: Pick<Call, "urn">, inputs: SecretInputs, tools: SendTools): Promise<Created> {
    const value = valueOf(inputs.data);
    const sent = await value.toSend(tools);
    try {
      const { since, data } = this.run.unconfirmed.take(urn) ?? {};
      const earlier = data && valueOf(data);
      const matches =
        earlier && (async (found: Data) => sameJson(found, sent.data) || earlier.matches(found));
      const sought = newSecret(inputs, sent.data);
      // A replacement is like the secret that it replaces, and what an earlier run began is looked for anyway.
      const isFirst = since === undefined && !this.run.names.ownersOf(inputs).isOwnName;
      const alike = isFirst ? await this.earlier.like(inputs.zoneId, sought) : [];
      const secret = await this.creations.create(inputs.zoneId, sought, since, matches);
      this.noteAlike(secret, alike);
      // The secret of an earlier run may have another value.
      const found = secret.data;
      const isEarlier = earlier && found && !sameJson(found, sent.data);
      const kept = isEarlier ? await value.keptAfterRead(found, earlier) : sent.kept;
      return { id: secret.id, outs: encodeState(knownAfter(inputs, secret, kept)) };
    } catch (error) {
      const write = { place: inputs, ...this.run.names.ownersOf(inputs) };
      const explained = await explainConflict(this.client, write, error);
      const failed = creationFailed(explained, { ...inputs, data: sent.unconfirmed });
      // The engine may call this again in the same run, as CLI 3.259 does if an `onError` hook asks for another try.
      const { id } = failed as { id?: string };
      if (id !== undefined) this.run.unconfirmed.noteFailed(urn, id, inputs, sent.unconfirmed);
      throw failed;
    }
  }

  /**
   * A run that was killed, or whose backend failed, may have created a secret that no state has. What `--target-replace` is
   * about to delete is no such secret, but the engine (CLI 3.274) does not tell that this is a replacement.
   */
  private noteAlike({ id, name, entityId, zoneId }: Secret, alike: Secret[]): void {
    for (const other of alike) {
      if (other.id === id || this.run.claimed.has(other.id)) continue;
      this.run.note(
        `Created ${id} as the secret "${name}" of entity ${entityId} in zone ${zoneId}, which already had ${other.id} with the ` +
          `same name and description, created at ${other.createdAt}. If you replace it, this run deletes it. If an interrupted ` +
          `run of this stack created it, nobody uses ${other.id}: delete it in Keycard. If it belongs to somebody else, leave it.`,
      );
    }
  }

  private async adopt(id: string, inputs: SecretInputs, tools: SendTools): Promise<Created> {
    this.run.ownership.assertAdoptable(inputs.zoneId, id);
    this.run.claimed.add(id);
    const patched = await adopt(this.client, id, { inputs, tools, owners: this.run.names.ownersOf(inputs) });
    this.run.ownership.adopt(inputs.zoneId, id);
    const now = knownAfter(withKept(inputs, patched), patched.secret, patched.data, patched.known);
    if (patched.kept.length > 0) throw clearingFailed(patched, id, now);
    return { id, outs: encodeState(now) };
  }

  /** Runs a call with the values that it sends. They are forgotten after the call. */
  private withValues<T>(call: (tools: SendTools) => Promise<T>): Promise<T> {
    const { reader, initialValues } = this.run;
    return reader.during((hide) => call({ reader, initialValues, hide }));
  }

  private findUnconfirmed(
    id: string,
    { declared }: Pick<PartlyKnown, "declared">,
  ): Promise<Secret | undefined> {
    const { zoneId, data } = declared;
    // The state has only the fingerprint of a value by reference, so that recognizes the secret.
    const sought = newSecret(declared, data as Data);
    const matches = (found: Data) => valueOf(data).matches(found);
    return this.creations.find(zoneId, sought, sinceOf(id), matches);
  }

  private get creations(): Creations {
    return (this.creator ??= new Creations(this.client, this.run.claimed, ADVICE));
  }

  private get earlier(): EarlierSecrets {
    return (this.listed ??= new EarlierSecrets(this.client));
  }

  private get client(): KeycardClient {
    return (this.connected ??= this.connect());
  }
}

function newSecret({ entityId, name, description, metadata }: SecretInputs, data: Data): NewSecret {
  const secret = { entityId, name, data, ...(description && { description }), ...(metadata && { metadata }) };
  return withoutCleared(secret);
}

/**
 * Creates a client from a stack's configuration and the environment.
 *
 * @param config - undefined on the command line, which reads only variables
 * @param write - receives lines that inform the user: what the client waits for, and the request log if it is enabled
 * @param pausesMs - the pauses before each further look for a secret that may appear late
 * @param note - receives lines that may need the user
 * @throws an Error that names the setting to correct
 */
export function connect(
  config: ReadConfig | undefined,
  env: Environment,
  write = writeToStderr,
  pausesMs?: readonly number[],
  note = write,
): KeycardClient {
  return new KeycardClient({
    ...resolveSettings(config, env),
    userAgent: `${name}/${version}`,
    note,
    announce: write,
    ...(pausesMs && { pausesMs }),
    ...(env["KEYCARD_LOG"] === "debug" && { log: write }),
  });
}

const writeToStderr = (line: string): void => void process.stderr.write(`${line}\n`);
