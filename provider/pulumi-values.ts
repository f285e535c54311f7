import type * as pulumi from "@pulumi/pulumi";

/**
 * The engine's marker for a value that a preview does not know yet, at any depth. It equals `pulumi.runtime.unknownValue`,
 * and is copied here so that previews need not load the SDK.
 */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN_VALUE;
}

/** True for a value that has an unknown one in it, at any depth. */
export function holdsUnknown(value: unknown): boolean {
  return (JSON.stringify(value) ?? "").includes(UNKNOWN_VALUE);
}

/** The key that marks an object with a special meaning for the engine: a secret, an asset, an archive or a resource. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** The value of that key for a secret. */
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

export const asSecret = (value: unknown) => ({ [SIGNATURE_KEY]: SECRET_SIGNATURE, value });

/** The input with the text that loads the provider of a dynamic resource. The SDK adds it to each result. */
const LOADER_INPUT = "__provider";

export const loaderInput = (text: string) => ({ [LOADER_INPUT]: text });

/** Adds the text that loads the provider, if it is among the inputs of a call. */
export function withLoader(props: object, inputs: { [LOADER_INPUT]?: string }): object {
  const text = inputs[LOADER_INPUT];
  return text === undefined ? props : { ...props, ...loaderInput(text) };
}

export function withoutLoader<T extends object>(props: T): T {
  const own: T & { [LOADER_INPUT]?: unknown } = { ...props };
  delete own[LOADER_INPUT];
  return own;
}

/** The name of a resource in the program, which may contain `::`; empty for a text that is no URN. */
export function nameIn(urn: string): string {
  return urn.startsWith("urn:pulumi:") ? urn.split("::").slice(3).join("::") : "";
}

/** Sources that the program has named, and that later calls of the engine will need. */
export interface Ahead {
  /** How many files and commands the program has named. */
  total: number;
  /** Some of them, each with the names of the resources whose URNs differ from that of the carrier only in the name. */
  sources: [source: object, ...names: string[]][];
}

/** A call of the engine: the resource that it is about, and what its arguments do not tell. */
export interface Call {
  /** The URN, or another text that no other resource of the run has, if nobody tells the URN. */
  urn: string;
  /** Whether this is a preview; undefined in `check` of the plugin, whose request does not tell. */
  preview?: boolean | undefined;
  /** Whether the resource has the option `deleteBeforeReplace`. */
  deletesFirst?: boolean;
  /** Whether transforms or transformations may have handled the arguments. */
  isTransformed?: boolean;
  /** Whether the option `ignoreChanges` names `data` or a part of it, or may do so. */
  ignoresData?: boolean;
  /** Whether the program gives the zone as a text, so that nothing in this run creates it. */
  hasFixedZone?: boolean;
  /** The arguments that the option `hideDiffs` names; told only in a preview. */
  hides?: string[];
  /** Whether the inputs get only how a fingerprint is computed, so that a later call computes it if it needs it. */
  leavesOutHash?: boolean;
  /** Sources that later calls will need; absent if the program tells of none. */
  ahead?: Ahead;
}

const OUTPUT = /Calling (?:\[to(?:String|JSON)\] on an \[Output<T>\]|__str__ on an Output\[T\])/;
const OBJECT = /\[object [A-Z]\w*\]/;

/** Describes a string that the language or Pulumi made from another value by mistake, to follow the path; undefined if it is fine. */
export function strayText(text: string): string | undefined {
  if (OUTPUT.test(text)) {
    return "contains an output in a string, which Pulumi replaced by a warning: write pulumi.interpolate`…` instead of `…`";
  }
  const [object] = OBJECT.exec(text) ?? [];
  if (object === undefined) return undefined;
  return (
    `contains "${object}", which JavaScript makes from an object or a promise in a string: name the property that you mean, ` +
    "and build strings from outputs with pulumi.interpolate`…`"
  );
}

/** The input that tells `check` what the engine does not pass on (SDK 3.276, CLI 3.274). `check` removes it again. */
export const HIDDEN_INPUT = "__registration";

const DELETES_FIRST = "deleteBeforeReplace";
const IGNORES_DATA = "ignoreChanges";
const FIXED_ZONE = "fixedZone";
const IS_TRANSFORMED = "transformed";
const HIDES = "hideDiffs=";
const AHEAD = "ahead=";

/**
 * Writes the hidden input as a string, because an object costs a program half a millisecond per resource. Arguments of
 * commands may be secrets, so sources make it a secret for the engine.
 */
export function writeHiddenInput(call: Call): unknown {
  const { urn, preview, hides, ahead } = call;
  const options = Object.entries({
    [DELETES_FIRST]: call.deletesFirst,
    [IGNORES_DATA]: call.ignoresData,
    [FIXED_ZONE]: call.hasFixedZone,
    [IS_TRANSFORMED]: call.isTransformed,
  })
    .map(([name, isSet]) => (isSet ? `,${name}` : ""))
    .join("");
  // Only previews show differences.
  const hidden = preview && hides ? `,${HIDES}${hides.join("+")}` : "";
  // Other releases of the plugin ignore options that they do not know.
  const told = ahead ? `,${AHEAD}${Buffer.from(JSON.stringify(ahead)).toString("base64url")}` : "";
  const text = `${preview ? "preview" : "run"}${options}${hidden}${told} ${urn}`;
  return ahead ? asSecret(text) : text;
}

/** Takes the hidden input out of the inputs of `check`; undefined if they have none. */
export function takeHiddenInput<T extends object>(inputs: T): { args: T; told: Call | undefined } {
  const { [HIDDEN_INPUT]: text, ...args } = inputs as T & { [HIDDEN_INPUT]?: unknown };
  return { args: args as unknown as T, told: typeof text === "string" ? parsed(text) : undefined };
}

function parsed(text: string): Call {
  const [head = "", ...urn] = text.split(" ");
  const [kind, ...options] = head.split(",");
  const valueOf = (key: string) => options.find((option) => option.startsWith(key))?.slice(key.length);
  const [ahead, hides] = [valueOf(AHEAD), valueOf(HIDES)];
  return {
    urn: urn.join(" "),
    preview: kind === "preview",
    deletesFirst: options.includes(DELETES_FIRST),
    ignoresData: options.includes(IGNORES_DATA),
    isTransformed: options.includes(IS_TRANSFORMED),
    hasFixedZone: options.includes(FIXED_ZONE),
    ...(hides !== undefined && { hides: hides.split("+") }),
    ...(ahead !== undefined && { ahead: JSON.parse(Buffer.from(ahead, "base64url").toString()) as Ahead }),
  };
}

/** A path of the option `ignoreChanges` that names `data` or a part of it. */
const DATA_PATH = /^(data\b|\["data"\]|\*)/;

/** The name with which a property path begins. */
const ROOT = /^(?:\[")?(\w+)/;

/** The options of a resource that `check` needs, and that the engine does not pass on. */
export function hiddenOptions({
  deleteBeforeReplace,
  ignoreChanges = [],
  hideDiffs = [],
  transforms = [],
}: pulumi.CustomResourceOptions): Pick<Call, "deletesFirst" | "ignoresData" | "hides"> {
  // A transform that hands the options back loses `hideDiffs` (SDK 3.276).
  const hides = transforms.length > 0 ? [] : hideDiffs.flatMap((path) => ROOT.exec(path)?.[1] ?? []);
  return {
    ...(hides.length > 0 && { hides }),
    ...(deleteBeforeReplace === true && { deletesFirst: true }),
    ...(ignoreChanges.some((path) => DATA_PATH.test(path)) && { ignoresData: true }),
  };
}

/** The function with which a program announces an import. It is not in the schema, because users do not call it. */
export const ANNOUNCE_IMPORT = "keycard-secrets:index:announceImport";

export interface AnnouncedImport {
  /** The option `import`. */
  id: string;
  /** The declared value, if it is declared by reference. */
  data: unknown;
}
