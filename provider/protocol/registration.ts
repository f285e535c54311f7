/** What a resource tells `check` beside its arguments, because the engine does not. No state has it. */
export interface Registration {
  /** Empty if the resource told nothing. */
  urn: string;
  /** Whether this is a preview. */
  preview: boolean;
  /** Set if the resource has the option `deleteBeforeReplace`. */
  deletedFirst?: boolean;
}

const DELETED_FIRST = ",deleteBeforeReplace";

/** Writes a registration as one text, because an object costs a program half a millisecond per resource. */
export function writeRegistration({ urn, preview, deletedFirst }: Registration): string {
  return `${preview ? "preview" : "run"}${deletedFirst ? DELETED_FIRST : ""} ${urn}`;
}

/** Reads what {@link writeRegistration} wrote. */
export function readRegistration(text = ""): Registration {
  const [kind = "", ...urn] = text.split(" ");
  return {
    urn: urn.join(" "),
    preview: kind.startsWith("preview"),
    ...(kind.endsWith(DELETED_FIRST) && { deletedFirst: true }),
  };
}
