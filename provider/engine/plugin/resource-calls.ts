import {
  CheckFailure,
  CheckResponse,
  CreateResponse,
  DiffResponse,
  PropertyDiff,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { sameJson } from "../../json";
import { type AnnouncedImport, readRegistration, writeRegistration } from "../../hidden-input";
import { declaredForm, withoutLoader } from "../../secret/state";
import { ARGUMENTS, changedArguments } from "../../secret/fields";
import { UNKNOWN_VALUE } from "../../pulumi-values";
import type { SecretInputs, SecretState } from "../../secret/types";
import type { SecretProvider } from "../../secret/provider";
import { valueOf } from "../../values/kinds";
import type { PluginConfig } from "./config";
import { decode, encode } from "./properties";

/** The kind of a difference. */
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

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Formats a property as Pulumi does: a name with special characters is in brackets. */
function property(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The state as the engine sends it. The state of a former dynamic resource contains the text that loaded its provider. */
type SentState = SecretState & { __provider?: string };

/** Converts the engine's calls for a secret, and their results. The core decides what to do. */
export class ResourceCalls {
  /** By the option `import`: the declared value of a secret that the program is about to import. */
  private readonly expected = new Map<string, unknown>();

  constructor(
    private readonly core: SecretProvider,
    private readonly config: () => PluginConfig,
  ) {}

  /** Stores how the value of a secret is declared, which the engine does not pass on when it imports the secret. */
  expectImport({ id, data }: AnnouncedImport): void {
    this.expected.set(id, data);
  }

  async check(request: CheckRequest): Promise<CheckResponse> {
    const olds = decode<Partial<SecretInputs>>(request.getOlds());
    const news = decode(request.getNews());
    // The TypeScript class sends options that the engine does not pass on.
    const { __registration: told, ...given } = news.props;
    const args: Record<string, unknown> = {
      name: request.getName() || nameIn(request.getUrn()),
      zoneId: this.config().zoneId,
      ...withoutUnset(given),
    };
    // The request does not show whether this is a preview. The calls that plan a create or an update know it, and warn then.
    const __registration = writeRegistration({
      ...(typeof told === "string" && readRegistration(told)),
      urn: request.getUrn(),
      preview: false,
      isUntold: true,
    });
    const isImported = args["data"] === undefined && leavesOutValue(olds.props, args);
    const checked = await this.core.check(withoutLoader(olds.props), {
      ...args,
      ...(isImported && { data: UNKNOWN_VALUE }),
      __registration,
    });
    const inputs = { ...(checked.inputs as Record<string, unknown>) };
    if (isImported) delete inputs["data"];
    const failures = (checked.failures ?? []).map(({ property, reason }) =>
      new CheckFailure().setProperty(property).setReason(reason),
    );
    return new CheckResponse().setInputs(encode(inputs, news.marks)).setFailuresList(failures);
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    const olds = withoutLoader(decode<SentState>(request.getOlds()).props);
    const news = withValueOf(olds, decode<SecretInputs>(request.getNews()).props);
    const { changes, replaces = [] } = await this.core.diff(request.getId(), olds, news);
    if (changes === false) return new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE);
    const before = declaredForm(olds);
    const [value, held] = [valueOf(news.data), valueOf(before.data)];
    const changed = [
      ...changedArguments(before, news, "replace"),
      ...changedArguments(before, news, "patch"),
      ...changedArguments(before, news, "state"),
      ...(changes === true && value.changeFrom(held, true) === "rotation" ? (["data"] as const) : []),
    ];
    const response = new DiffResponse()
      .setChanges(DiffResponse.DiffChanges.DIFF_SOME)
      .setReplacesList(replaces)
      .setDiffsList([...new Set([...changed, ...replaces])])
      .setHasdetaileddiff(true);
    const details = response.getDetaileddiffMap();
    // A replacement without a changed argument, as after an unconfirmed create.
    for (const name of replaces) details.set(name, propertyDiff("UPDATE_REPLACE"));
    for (const name of changed) {
      const [old, now] = name === "data" ? value.shownBeside(held) : [before[name], news[name]];
      const kinds = leafDifferences(old, now, name);
      for (const [path, kind] of Object.entries(kinds)) {
        details.set(path, propertyDiff(replaces.includes(name) ? `${kind}_REPLACE` : kind));
      }
    }
    return response;
  }

  async create(request: CreateRequest): Promise<CreateResponse> {
    const { props, marks } = decode<SecretInputs>(request.getProperties());
    if (request.getPreview()) {
      return new CreateResponse().setProperties(encode(await this.core.preview(props), marks));
    }
    const created = await this.core.create(props);
    return new CreateResponse().setId(created.id).setProperties(encode(created.outs as object, marks));
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const state = decode<Partial<SentState>>(request.getProperties());
    const inputs = decode<Partial<SecretInputs>>(request.getInputs());
    const known = withoutLoader(state.props);
    const isFirst = known.version === undefined;
    const { zoneId, id } = isFirst ? placeOf(request.getId()) : { id: request.getId() };
    // Only an import passes no properties at all.
    const isImport = !request.hasProperties();
    const expected = isImport ? this.expected.get(request.getId()) : undefined;
    const props = { ...known, zoneId: zoneId ?? known.zoneId ?? this.config().zoneId ?? "" };
    const read = await (isImport
      ? this.core.import(id, { ...props, data: expected }, request.getUrn())
      : this.core.read(id, props));
    if (!read.id) return new ReadResponse();
    const found = { ...(read.props as SecretState) };
    // The plugin marks the value as secret everywhere, so a secret that is only read needs no flag.
    delete found.__unmanaged;
    const response = new ReadResponse()
      .setId(read.id)
      .setProperties(encode(found, state.marks, inputs.marks));
    const declared = (read.inputs as Partial<SecretInputs> | undefined) ?? (isFirst ? found : undefined);
    // Nothing has changed, and the engine keeps the inputs that it has.
    if (!declared) return response;
    // A language host that generates a program from these inputs would print the value.
    const hidesData = inputs.props.data === undefined && expected === undefined;
    const names = ARGUMENTS.filter((name) => name !== "data" || !hidesData);
    const readInputs = Object.fromEntries(names.map((name) => [name, declared[name]]));
    return response.setInputs(encode(readInputs, state.marks, inputs.marks));
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const olds = withoutLoader(decode<SentState>(request.getOlds()).props);
    const { props, marks } = decode<SecretInputs>(request.getNews());
    const news = withValueOf(olds, props);
    if (request.getPreview()) {
      return new UpdateResponse().setProperties(encode(await this.core.preview(news, olds), marks));
    }
    const updated = await this.core.update(request.getId(), olds, news);
    return new UpdateResponse().setProperties(encode(updated.outs as object, marks));
  }

  async delete(request: DeleteRequest): Promise<void> {
    const state = withoutLoader(decode<SentState>(request.getProperties()).props);
    await this.core.delete(request.getId(), state);
  }
}

function propertyDiff(kind: keyof typeof PropertyDiff.Kind): PropertyDiff {
  return new PropertyDiff().setKind(PropertyDiff.Kind[kind]);
}

function withoutUnset(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined && value !== null),
  );
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

function nameIn(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}
