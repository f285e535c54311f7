import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  PropertyDiff,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { didYouMean } from "../../config/did-you-mean";
import { isObject, sameJson } from "../../json";
import {
  type AnnouncedImport,
  UNKNOWN_VALUE,
  nameIn,
  takeHiddenInput,
  withoutLoader,
} from "../../pulumi-values";
import { ARGUMENTS, type SecretInputs } from "../../secret/fields";
import type { SecretProvider } from "../../secret/provider";
import type { SecretState } from "../../secret/state";
import { givenIn, withGiven } from "../../values/value";
import type { PluginConfig } from "./config";
import { Fingerprints, withUnknownHash } from "./fingerprints";
import { type Decoded, type Marks, decode, encode } from "./properties";

type Kind = "ADD" | "DELETE" | "UPDATE";

/** The paths of all leaves that differ, as in `metadata.tags[0]`, with the kind of the difference. */
function leafDifferences(olds: unknown, news: unknown, path: string): Record<string, Kind> {
  if (sameJson(olds, news)) return {};
  if (olds === undefined || olds === null) return { [path]: "ADD" };
  if (news === undefined || news === null) return { [path]: "DELETE" };
  const lists = Array.isArray(olds) && Array.isArray(news);
  if (!lists && !(isObject(olds) && isObject(news))) return { [path]: "UPDATE" };
  const [old, now] = [olds, news] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const differences = [...keys].map((key) =>
    leafDifferences(old?.[key], now?.[key], path + (lists ? `[${key}]` : property(key))),
  );
  return Object.assign({}, ...differences) as Record<string, Kind>;
}

/** Formats a property as Pulumi does: a name with special characters is in brackets. */
function property(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Converts the engine's calls for a secret, and their results. The core decides what to do. */
export class ResourceCalls {
  /** By the option `import`: the declared value of a secret that the program is about to import. */
  private readonly expected = new Map<string, unknown>();
  /** The resources that the program has declared in this run, by their URNs, with the words of its language. */
  private readonly declared = new Map<string, (message: string) => string>();
  private readonly fingerprints = new Fingerprints();

  constructor(
    private readonly core: SecretProvider,
    private readonly config: () => PluginConfig,
  ) {}

  /** Stores how the value of a secret is declared, which the engine does not pass on to an import (CLI 3.274). */
  expectImport({ id, data }: AnnouncedImport): void {
    this.expected.set(id, data);
  }

  inItsLanguage(urn: string, message: string): string {
    return this.declared.get(urn)?.(message) ?? message;
  }

  async check(request: CheckRequest): Promise<CheckResponse> {
    const olds = withoutLoader(decode<Partial<SecretInputs>>(request.getOlds()).props);
    const news = decode(request.getNews());
    const urn = request.getUrn();
    // The TypeScript class sends options that the engine does not pass on (CLI 3.274).
    const { args: given, told } = takeHiddenInput(news.props);
    const args: Record<string, unknown> = {
      name: request.getName() || nameIn(urn),
      zoneId: this.config().zoneId,
      ...withoutUnset(given),
    };
    const written = args["data"];
    // Only the TypeScript class tells anything.
    this.declared.set(urn, (message) => (told ? message : inOtherLanguages(message, written)));
    if (written !== undefined) args["data"] = translated(written);
    const isImported = args["data"] === undefined && leavesOutValue(olds, args);
    // The request does not show whether this is a preview.
    const call = { ...told, urn, preview: undefined, leavesOutHash: true };
    const { inputs, problems, fingerprint } = await this.core.check(call, olds, {
      ...args,
      ...(isImported && { data: UNKNOWN_VALUE }),
    });
    if (isImported) delete inputs.data;
    else if (inputs.data !== undefined)
      inputs.data = this.fingerprints.withhold(urn, inputs.data, olds.data, fingerprint);
    const mistyped = mistypedKeys(written);
    // What else is wrong with the value shows when the key is right.
    const others = problems.filter((reason) => mistyped.length === 0 || !reason.includes("`data."));
    // The engine prints the value of the property that a failure names (CLI 3.274, pulumi/pulumi#19465): none is named.
    const failures = [...mistyped, ...others].map((reason) =>
      new CheckFailure().setReason(this.inItsLanguage(urn, reason)),
    );
    return new CheckResponse().setInputs(encode(inputs, news.marks)).setFailuresList(failures);
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    const olds = stateIn(request.getOlds());
    const call = { urn: request.getUrn() };
    const declared = withValueOf(olds, decode<SecretInputs>(request.getNews()).props);
    const news = await this.fingerprints.restore(call.urn, declared);
    const before = request.getOldInputs();
    const inputs = before && withoutLoader(decode<Partial<SecretInputs>>(before).props);
    const plan = this.declared.has(call.urn) ? { olds: inputs } : undefined;
    if (plan) await this.warnIfPlain(call.urn, decode(request.getNews()));
    const { changes, replaces, differences } = await this.core.diff(call, request.getId(), olds, news, plan);
    const secret = newlySecret(decode(request.getOlds()), decode(request.getNews()).marks);
    if (changes === false && secret.length === 0) {
      return new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE);
    }
    const changed = [...differences.map(({ name }) => name), ...secret.map(([name]) => name)];
    const response = new DiffResponse()
      .setChanges(DiffResponse.DiffChanges.DIFF_SOME)
      .setReplacesList(replaces)
      .setDiffsList([...new Set([...changed, ...replaces])])
      .setHasdetaileddiff(true);
    const details = response.getDetaileddiffMap();
    for (const [, path] of secret) details.set(path, propertyDiff("UPDATE"));
    // A replacement without a changed argument, as after an unconfirmed create.
    for (const name of replaces) details.set(name, propertyDiff("UPDATE_REPLACE"));
    for (const { name, old, now } of differences) {
      const kinds = leafDifferences(old, now, name);
      for (const [path, kind] of Object.entries(kinds)) {
        details.set(path, propertyDiff(replaces.includes(name) ? `${kind}_REPLACE` : kind));
      }
    }
    return response;
  }

  async create(request: CreateRequest): Promise<CreateResponse> {
    const { props, marks } = decode<SecretInputs>(request.getProperties());
    const call = { urn: request.getUrn() };
    await this.warnIfPlain(call.urn, { props, marks });
    if (request.getPreview()) {
      const planned = await this.core.preview(call, props);
      return new CreateResponse().setProperties(encode(withUnknownHash(planned), marks));
    }
    const news = await this.fingerprints.restore(call.urn, props);
    const { id, outs } = await this.core.create(call, news);
    return new CreateResponse().setId(id).setProperties(encode(outs, marks));
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const state = decode<Partial<SecretState>>(request.getProperties());
    const inputs = decode<Partial<SecretInputs>>(request.getInputs());
    const known = withoutLoader(state.props);
    const isFirst = known.version === undefined;
    if (!isFirst) this.fingerprints.remember(request.getUrn(), known.data);
    const { zoneId, id } = isFirst ? placeOf(request.getId()) : { id: request.getId() };
    // Only an import passes no properties with CLI 3.259. With 3.274 it passes empty ones, as a read of the default zone does.
    const isAnnounced = this.expected.has(request.getId()) && isEmpty(state.props);
    const isImport = isAnnounced || !request.hasProperties();
    const expected = isImport ? this.expected.get(request.getId()) : undefined;
    const props = { ...known, zoneId: zoneId ?? known.zoneId ?? this.config().zoneId ?? "" };
    const read = await (isImport
      ? this.core.import({ urn: request.getUrn() }, id, { ...props, data: expected })
      : this.core.read(id, props));
    if (!read.id) return new ReadResponse();
    const response = new ReadResponse()
      .setId(read.id)
      .setProperties(encode(read.props, state.marks, inputs.marks));
    // The plugin marks the value as secret everywhere, so the inputs of a secret that is only read may have it.
    const declared = read.inputs ?? (isFirst ? read.props : undefined);
    // Nothing has changed, and the engine keeps the inputs that it has.
    if (!declared) return response;
    // A language host that generates a program from these inputs would print the value.
    const hidesData = inputs.props.data === undefined && expected === undefined;
    const names = ARGUMENTS.filter((name) => name !== "data" || !hidesData);
    const readInputs: Record<string, unknown> = Object.fromEntries(
      names.map((name) => [name, declared[name]]),
    );
    const kept = hidesData && isFirst && isEmpty(state.props) ? keptInKeycard(read.props) : undefined;
    if (kept !== undefined) readInputs["data"] = kept;
    else if (readInputs["data"] !== undefined)
      readInputs["data"] = this.fingerprints.withoutHash(readInputs["data"]);
    return response.setInputs(encode(readInputs, state.marks, inputs.marks));
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const olds = stateIn(request.getOlds());
    const { props, marks } = decode<SecretInputs>(request.getNews());
    const call = { urn: request.getUrn() };
    const news = await this.fingerprints.restore(call.urn, withValueOf(olds, props));
    if (request.getPreview()) {
      return new UpdateResponse().setProperties(encode(await this.core.preview(call, news, olds), marks));
    }
    const outs = await this.core.update(request.getId(), olds, news);
    return new UpdateResponse().setProperties(encode(outs, marks));
  }

  /** `check` has marked `data`, so somebody has removed the mark since: a policy pack whose remediation returns a copy. */
  private async warnIfPlain(urn: string, { props, marks }: Decoded<Partial<SecretInputs>>): Promise<void> {
    if (props.data !== undefined && marks["data"] === undefined) await this.core.warnOfPlainData(urn);
  }

  async delete(request: DeleteRequest): Promise<void> {
    await this.core.delete(request.getId(), stateIn(request.getProperties()));
  }
}

/** The state of a former dynamic resource contains the text that loaded its provider. */
function stateIn(properties: Struct | undefined): SecretState {
  return withoutLoader(decode<SecretState>(properties).props);
}

const isEmpty = (properties: object) => Object.keys(properties).length === 0;

/**
 * The paths of parts that the program marks as secret and the state has in plain text, with their arguments. For an unchanged resource the
 * engine (3.259 and 3.274) keeps the old outputs as they are.
 */
function newlySecret(
  { props, marks }: Decoded<Record<string, unknown>>,
  now: Marks & object,
): [name: string, path: string][] {
  return ARGUMENTS.flatMap((name) =>
    name === "data"
      ? []
      : unmarked(props[name], marks[name], now[name], name).map((path): [string, string] => [name, path]),
  );
}

function unmarked(value: unknown, before: Marks | undefined, now: Marks | undefined, path: string): string[] {
  // Keycard may not have kept a part.
  if (value === undefined || now === undefined || before === true) return [];
  if (now === true) return [path];
  return Object.entries(now).flatMap(([key, child]) =>
    unmarked((value as Record<string, unknown> | null)?.[key], before?.[key], child, path + property(key)),
  );
}

function propertyDiff(kind: keyof typeof PropertyDiff.Kind): PropertyDiff {
  return new PropertyDiff().setKind(PropertyDiff.Kind[kind]);
}

function withoutUnset(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined && value !== null),
  );
}

/**
 * `data` for the program that \`pulumi import\` generates: it keeps what Keycard has, and shows no part of it. A user name is
 * part of the value, so another one changes nothing.
 */
function keptInKeycard({ data, name = "" }: Partial<SecretState>): object | undefined {
  if (data === undefined) return undefined;
  const { type } = data;
  const variable = `SECRET_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
  return {
    type,
    ...(type === "password" && { username: "kept in Keycard" }),
    [type]: { initialValue: { fromEnv: variable } },
  };
}

/** An import without a program has no value in its inputs. The secret keeps its value. */
function withValueOf(olds: SecretState, news: SecretInputs): SecretInputs {
  return (news.data as unknown) === undefined ? { ...news, data: olds.data } : news;
}

/** True if the inputs are exactly those that an import has read, which do not contain the value. */
function leavesOutValue(olds: Partial<SecretInputs>, news: Record<string, unknown>): boolean {
  return (
    Object.keys(olds).length > 0 &&
    ARGUMENTS.every((name) => JSON.stringify(olds[name]) === JSON.stringify(news[name]))
  );
}

/** Splits the id of an import, `ZONE/SECRET`. Without a zone, the secret is in the default zone. */
function placeOf(id: string): { zoneId?: string; id: string } {
  const [, zoneId, secretId] = /^([^/]+)\/([^/]+)$/.exec(id) ?? [];
  return zoneId === undefined || secretId === undefined ? { id } : { zoneId, id: secretId };
}

/** The keys of a token or password that is given in another way than as a string. */
const KEYS = (
  "fromEnv fromFile fromCommand trim field acceptAnyValue timeoutSeconds passEnv generated length characters " +
  "rotateAfterDays rotation initialValue"
).split(" ");

const SNAKE_CASED = new Map(KEYS.map((key) => [snakeCased(key), key]));

/** The functions of TypeScript in a message, each with one argument and perhaps options. */
const CALL =
  /\b(fromEnv|fromFile|fromCommand|generated|initialValue)\(("[^"]*"|\[[^\]]*\]|\{[^}]*\})(?:, \{ ([^}]*) \})?\)/g;

/** What only a program in TypeScript can do, and what to do in all others. */
const ADVICE: [RegExp, string][] = [
  [/\. If it comes from `process\.env`, the variable is not set/g, ""],
  [/, not process\.env\.NAME/g, ""],
  [/write pulumi\.interpolate`…` instead of `…`/g, "build the string with `apply` of the output"],
  [/build strings from outputs with pulumi\.interpolate`…`/g, "build strings from outputs with `apply`"],
];

/**
 * `data` with the keys that the plugin knows. An SDK for Python translates `from_env` to `fromEnv` itself, but leaves a whole
 * object alone if it does not know one of its keys.
 */
export function translated(data: unknown): unknown {
  const given = givenIn(data);
  return isObject(data) && isObject(given) ? withGiven(data, withKnownKeys(given)) : data;
}

function withKnownKeys(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [SNAKE_CASED.get(key) ?? key, withKnownKeys(inner)]),
  );
}

/** Names each key of a token or password that resembles a known one. Any other key may be a value in the wrong place. */
export function mistypedKeys(data: unknown): string[] {
  const isSnakeCased = hasSnakeCase(givenIn(data));
  const known = isSnakeCased ? KEYS.map(snakeCased) : KEYS;
  const find = (value: unknown): string[] =>
    Object.entries(isObject(value) ? value : {}).flatMap(([key, inner]) => {
      if (KEYS.includes(key) || SNAKE_CASED.has(key)) return find(inner);
      const hint = didYouMean(key, known);
      return hint === "" ? [] : [`\`data\` has the unknown key \`${key}\`. ${hint.trim()}`];
    });
  return find(givenIn(data));
}

/**
 * A message for a program in another language than TypeScript: the ways to give a value as keys instead of functions.
 */
export function inOtherLanguages(message: string, data: unknown): string {
  const written = hasSnakeCase(givenIn(data)) ? snakeCased : (name: string) => name;
  const asKeys = (_: string, name: string, value: string, options = "") => {
    const others = options.replace(/(\w+):/g, (__, option: string) => `"${written(option)}":`);
    return `{ "${written(name)}": ${value}${others && `, ${others}`} }`;
  };
  return ADVICE.reduce((text, [form, other]) => text.replace(form, other), message)
    .replace(CALL, asKeys)
    .replace(/`(\w+)`/g, (whole, name: string) => (KEYS.includes(name) ? `\`${written(name)}\`` : whole));
}

function hasSnakeCase(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => key.includes("_") || hasSnakeCase(inner));
}

function snakeCased(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
