import type * as pulumi from "@pulumi/pulumi";

/** What a resource passes to `check` in addition to its arguments, because the engine does not. It is in no state. */
export interface Registration {
  /** Empty if the resource passed no registration. */
  urn: string;
  /** Whether this is a preview. */
  preview: boolean;
  /** Set if it is not known whether this is a preview, as in the plugin. */
  isUntold?: boolean;
  /** Set if the resource has the option `deleteBeforeReplace`. */
  deletedFirst?: boolean;
  /** Set if the option `ignoreChanges` names `data` or a part of it. */
  ignoresData?: boolean;
}

const DELETED_FIRST = "deleteBeforeReplace";
const IGNORES_DATA = "ignoreChanges";

/** Writes a registration as a string, because an object costs a program half a millisecond per resource. */
export function writeRegistration({
  urn,
  preview,
  isUntold,
  deletedFirst,
  ignoresData,
}: Registration): string {
  const kind = preview ? "preview" : isUntold ? "either" : "run";
  return `${kind}${deletedFirst ? `,${DELETED_FIRST}` : ""}${ignoresData ? `,${IGNORES_DATA}` : ""} ${urn}`;
}

/** Parses the result of {@link writeRegistration}. */
export function readRegistration(text = ""): Registration {
  const [head = "", ...urn] = text.split(" ");
  const [kind, ...options] = head.split(",");
  return {
    urn: urn.join(" "),
    preview: kind === "preview",
    ...(kind === "either" && { isUntold: true }),
    ...(options.includes(DELETED_FIRST) && { deletedFirst: true }),
    ...(options.includes(IGNORES_DATA) && { ignoresData: true }),
  };
}

/** A path of the option `ignoreChanges` that names `data` or a part of it. */
const DATA_PATH = /^(data\b|\["data"\]|\*)/;

/** The options of a resource that `check` needs, and that the engine does not pass on. */
export function untoldOptions({
  deleteBeforeReplace,
  ignoreChanges = [],
}: pulumi.CustomResourceOptions): Pick<Registration, "deletedFirst" | "ignoresData"> {
  return {
    ...(deleteBeforeReplace === true && { deletedFirst: true }),
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
