import type * as pulumi from "@pulumi/pulumi";
import { asSecret, type Ahead, type Call } from "./pulumi-values";

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

/** What a program announces about a secret that it is about to import. */
export interface AnnouncedImport {
  /** The option `import`. */
  id: string;
  /** The declared value, if it is declared by reference. */
  data: unknown;
}
