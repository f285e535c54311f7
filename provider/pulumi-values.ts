/**
 * The engine's marker for a value that a preview does not know yet, at any depth. It equals `pulumi.runtime.unknownValue`,
 * and is copied here so that previews need not load the SDK.
 */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that is not known before `pulumi up`. */
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

/** Marks a value as a secret for the engine. */
export const asSecret = (value: unknown) => ({ [SIGNATURE_KEY]: SECRET_SIGNATURE, value });

/** The input with the text that loads the provider of a dynamic resource. The SDK adds it to each result. */
const LOADER_INPUT = "__provider";

/** The input with the text that loads the provider. */
export const loaderInput = (text: string) => ({ [LOADER_INPUT]: text });

/** Adds the text that loads the provider, if it is among the inputs of a call. */
export function withLoader(props: object, inputs: { [LOADER_INPUT]?: string }): object {
  const text = inputs[LOADER_INPUT];
  return text === undefined ? props : { ...props, ...loaderInput(text) };
}

/** Returns arguments or a state without the text that loads the provider. */
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
