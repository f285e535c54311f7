/** What a resource says of itself beside its arguments, as `check` is not told otherwise; no state has it. */
export interface Registration {
  urn: string;
  /** Whether this is a preview. */
  preview: boolean;
}

/** Writes a registration as one text, as an object of two would cost a program half a millisecond a resource. */
export function writeRegistration({ urn, preview }: Registration): string {
  return `${preview ? "preview" : "run"} ${urn}`;
}

/** Reads what {@link writeRegistration} wrote. */
export function readRegistration(text = ""): Registration {
  const [kind = "", ...urn] = text.split(" ");
  return { urn: urn.join(" "), preview: kind === "preview" };
}
