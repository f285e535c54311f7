/** What a resource tells `check` beside its arguments, because the engine does not. No state has it. */
export interface Registration {
  /** Empty if the resource told nothing. */
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

/** Writes a registration as one text, because an object costs a program half a millisecond per resource. */
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

/** Reads what {@link writeRegistration} wrote. */
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
